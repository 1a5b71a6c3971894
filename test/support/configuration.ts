import { parse, stringify } from 'yaml';
import { resolveConfiguration } from '../../src/config/resolve.ts';
import { API_VERSION, KIND, type Configuration } from '../../src/config/schema.ts';

/** A configuration file with these fields, as text. */
export const configurationFile = (fields = ''): string =>
  stringify({ apiVersion: API_VERSION, kind: KIND, ...(parse(fields) as object | null) });

/** The configuration that a file with these fields makes; all else is the default. */
export const configuration = (fields = ''): Configuration =>
  resolveConfiguration(new Map(), configurationFile(fields)).configuration;
