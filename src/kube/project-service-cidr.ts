import { FieldReader, isRaw } from './field-reader.ts';
import type { Projected } from './projection.ts';
import { metaOf, nameless } from './projection.ts';
import type { ServiceCIDR } from './types.ts';

/** Reduces a networking.k8s.io/v1 ServiceCIDR to its CIDRs. Takes any JSON and never throws. */
export function projectServiceCIDR(raw: unknown): Projected<ServiceCIDR> {
  const meta = metaOf(raw, false);
  if (!meta || !isRaw(raw)) return nameless('ServiceCIDR');
  const reader = new FieldReader(`ServiceCIDR ${meta.key}`);
  const cidrs = reader.texts(reader.raw(raw['spec'], 'spec')['cidrs'], 'spec.cidrs');
  return { object: { name: meta.name, cidrs }, problems: reader.problems };
}
