import { defaultDraft } from '../config/decode.ts';
import { formatDuration } from '../config/duration.ts';
import { parseFlag, type FlagTexts } from '../config/flag-values.ts';
import { CONFIGURATION_FLAGS } from '../config/flags.ts';
import { toConfiguration } from '../config/complete.ts';
import { toV1alpha1 } from '../config/format.ts';
import { FLAGS, isRenderFlag, type Flag } from './flags.ts';

/** Defaults that kube-proxy shows and that are not those of the field. */
const SHOWN_DEFAULTS: Readonly<Record<string, string>> = {
  'detect-local-mode': '',
  'feature-gates': '',
  'healthz-port': '10256',
  'ipvs-min-sync-period': '1s',
  'metrics-port': '10249',
  'nodeport-addresses': '[]',
  'proxy-mode': '',
  vmodule: '',
};

/** The value of each of kube-proxy's flags as pflag prints it, by name: what was given, else its default. For /flagz. */
export function shownFlags(given: FlagTexts): ReadonlyMap<string, string> {
  const configuration = toConfiguration({ ...defaultDraft(), mode: 'nftables', detectLocalMode: 'ClusterCIDR' });
  const defaults: unknown = toV1alpha1(configuration);
  const shown = FLAGS.filter(flag => !isRenderFlag(flag.name)).map((flag): [string, string] => {
    const texts = given.get(flag.name);
    return [flag.name, texts ? printed(flag, texts) : defaultOf(flag, defaults)];
  });
  return new Map(shown.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function printed({ kind }: Flag, texts: readonly string[]): string {
  if (kind === 'list') return `[${parseFlag(kind, texts).join(',')}]`;
  if (kind === 'duration') return formatDuration(parseFlag(kind, texts));
  return kind === 'boolean' || kind === 'int32' || kind === 'float'
    ? String(parseFlag(kind, texts))
    : (texts.at(-1) ?? '');
}

function defaultOf({ name, kind }: Flag, defaults: unknown): string {
  const field = CONFIGURATION_FLAGS.find(flag => flag.name === name)?.fields[0];
  const own = SHOWN_DEFAULTS[name];
  if (own !== undefined) return own;
  if (field === undefined) return kind === 'boolean' ? 'false' : '';
  const value = field
    .split('.')
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], defaults);
  if (kind === 'list') return '[]';
  if (kind === 'boolean') return String(value === true);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
