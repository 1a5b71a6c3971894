import type { Raw } from './field-reader.ts';
import { FieldReader, isRaw } from './field-reader.ts';
import type { Interner } from './interner.ts';
import type { Projected } from './projection.ts';
import { metaOf, nameless } from './projection.ts';
import type { Node } from './types.ts';

const ZONE_LABEL = 'topology.kubernetes.io/zone';
const AUTOSCALER_TAINT = 'ToBeDeletedByClusterAutoscaler';

/**
 * Reduces a core/v1 Node to what forwarding and /healthz read. Takes any JSON and never throws: what is wrong is left out
 * and told in `problems`.
 */
export function projectNode(raw: unknown, interner: Interner): Projected<Node> {
  const meta = metaOf(raw, false);
  if (!meta || !isRaw(raw)) return nameless('Node');
  const reader = new FieldReader(`Node ${meta.key}`);
  const spec = reader.raw(raw['spec'], 'spec');
  const zone = reader.raw(meta.metadata['labels'], 'metadata.labels')[ZONE_LABEL];
  const deletionTimestamp = meta.metadata['deletionTimestamp'];
  const isTainted = isTaintedByAutoscaler(reader, spec);
  const object: Node = {
    name: meta.name,
    uid: reader.text(meta.metadata['uid'], 'metadata.uid'),
    zone: typeof zone === 'string' ? interner.text(zone) : undefined,
    addresses: addressesOf(reader, raw),
    podCIDRs: reader.texts(spec['podCIDRs'], 'spec.podCIDRs'),
    isBeingDeleted: isTainted || (deletionTimestamp !== undefined && deletionTimestamp !== null),
    kubeletVersion: kubeletVersionOf(reader, raw),
  };
  return { object, problems: reader.problems };
}

function isTaintedByAutoscaler(reader: FieldReader, spec: Raw): boolean {
  return reader
    .list(spec['taints'], 'spec.taints')
    .some((taint, index) => reader.raw(taint, `spec.taints[${index}]`)['key'] === AUTOSCALER_TAINT);
}

function kubeletVersionOf(reader: FieldReader, raw: Raw): string {
  const { nodeInfo } = reader.raw(raw['status'], 'status');
  const { kubeletVersion } = reader.raw(nodeInfo, 'status.nodeInfo');
  return reader.text(kubeletVersion, 'status.nodeInfo.kubeletVersion');
}

/** kube-proxy's order: InternalIPs, then ExternalIPs. */
function addressesOf(reader: FieldReader, raw: Raw): readonly string[] {
  const status = reader.raw(raw['status'], 'status');
  const internal: string[] = [];
  const external: string[] = [];
  reader.list(status['addresses'], 'status.addresses').forEach((element, index) => {
    reader.enter('status.addresses', index);
    const { type, address } = reader.raw(element, '');
    const text = reader.text(address, 'address');
    if (text === '') return;
    if (type === 'InternalIP') internal.push(text);
    else if (type === 'ExternalIP') external.push(text);
  });
  reader.enter('');
  return [...internal, ...external];
}
