import type { Draft } from './schema.ts';
import { parseFlag, type FlagKind, type FlagValueTypes } from './flag-values.ts';

/** Headings of the help text. */
export type FlagGroup = 'Node and API server' | 'Forwarding' | 'Servers' | 'IPVS' | 'Conntrack and process' | 'Logging';

/** A flag of kube-proxy that stands for a field of the configuration. */
export interface ConfigurationFlag {
  /** Without dashes. */
  readonly name: string;
  /** One letter, without the dash. */
  readonly short?: string;
  readonly kind: FlagKind;
  /** Where it lands; more than one where the mode decides. */
  readonly fields: readonly string[];
  readonly group: FlagGroup;
  readonly help: string;
  /** It counts even with --config. All others are ignored then, whatever they say. */
  readonly winsOverFile: boolean;
  /** To be logged when the flag is used. */
  readonly deprecation?: string;
  /** Writes the value of these texts into the draft. @throws FlagValueError */
  readonly apply: (draft: Draft, texts: readonly string[]) => void;
}

interface Details {
  readonly short?: string;
  readonly winsOverFile?: boolean;
  readonly deprecation?: string;
}

/** Makes definitions of one group. */
export const flagsOf =
  (group: FlagGroup) =>
  <Kind extends FlagKind>(
    kind: Kind,
    name: string,
    fields: string | readonly string[],
    help: string,
    set: (draft: Draft, value: FlagValueTypes[Kind]) => void,
    { winsOverFile = false, ...details }: Details = {},
  ): ConfigurationFlag => ({
    ...details,
    name,
    kind,
    fields: typeof fields === 'string' ? [fields] : fields,
    group,
    help,
    winsOverFile,
    apply: (draft, texts) => set(draft, parseFlag(kind, texts)),
  });
