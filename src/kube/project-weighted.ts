import { FieldReader, isRaw, NONE, type Raw } from './field-reader.ts';
import type { Interner } from './interner.ts';
import type { Projected } from './projection.ts';
import { metaOf, nameless } from './projection.ts';
import type { Weighted } from './types.ts';

/** A label and no annotation: the API server selects by it, so that nothing comes of all other Pods and Nodes. */
export const WEIGHT_LABEL = 'sluice/ipvs-weight';

/**
 * Reduces a core/v1 Pod or Node to its weight for mode ipvs. Takes any JSON and never throws: what is wrong is left out and told in
 * `problems`; whether the weight is one is for `model` to judge.
 */
export function projectWeighted(kind: 'Pod' | 'Node', raw: unknown, interner: Interner): Projected<Weighted> {
  const meta = metaOf(raw, kind === 'Pod');
  if (!meta || !isRaw(raw)) return nameless(kind);
  const reader = new FieldReader(`${kind} ${meta.key}`);
  const labels = reader.raw(meta.metadata['labels'], 'metadata.labels');
  const weight = interner.text(reader.text(labels[WEIGHT_LABEL], `metadata.labels[${WEIGHT_LABEL}]`));
  const addresses = kind === 'Pod' ? addressesOf(reader, raw) : NONE;
  return { object: { kind, key: meta.key, weight, addresses }, problems: reader.problems };
}

/** Others may have the addresses of a Pod that has ended, and all Pods of the host's network have those of their node. */
function addressesOf(reader: FieldReader, raw: Raw): readonly string[] {
  const status = reader.raw(raw['status'], 'status');
  const spec = reader.raw(raw['spec'], 'spec');
  if (reader.flag(spec['hostNetwork'], 'spec.hostNetwork', false)) return NONE;
  if (status['phase'] === 'Succeeded' || status['phase'] === 'Failed') return NONE;
  return reader
    .list(status['podIPs'], 'status.podIPs')
    .map((one, i) => reader.text(reader.raw(one, `status.podIPs[${i}]`)['ip'], `status.podIPs[${i}].ip`))
    .filter(address => address !== '');
}
