import type { Raw } from './field-reader.ts';
import { exact, FieldReader, isRaw, NONE } from './field-reader.ts';
import type { Interner } from './interner.ts';
import type { Projected } from './projection.ts';
import { metaOf, nameless } from './projection.ts';
import type { LoadBalancerIngress, Service, ServicePortSpec } from './types.ts';

/**
 * Reduces a core/v1 Service, from the API or from a manifest, to what forwarding reads. Takes any JSON and never throws:
 * what is wrong is left out and told in `problems`.
 */
export function projectService(raw: unknown, interner: Interner): Projected<Service> {
  const meta = metaOf(raw, true);
  if (!meta || !isRaw(raw)) return nameless('Service');
  const reader = new FieldReader(`Service ${meta.key}`);
  const spec = reader.raw(raw['spec'], 'spec');
  const text = (field: string): string => interner.text(reader.text(spec[field], `spec.${field}`));
  const clusterIPs = reader.texts(spec['clusterIPs'], 'spec.clusterIPs');
  const clusterIP = reader.text(spec['clusterIP'], 'spec.clusterIP');
  const object: Service = {
    namespace: interner.text(meta.namespace),
    name: meta.name,
    uid: reader.text(meta.metadata['uid'], 'metadata.uid'),
    creationTimestamp: reader.text(meta.metadata['creationTimestamp'], 'metadata.creationTimestamp'),
    type: interner.text(reader.text(spec['type'], 'spec.type', 'ClusterIP')),
    // Nearly always the same text twice: kept once.
    clusterIP: clusterIPs.find(text => text === clusterIP) ?? clusterIP,
    clusterIPs,
    ipFamilies: interner.texts(reader.texts(spec['ipFamilies'], 'spec.ipFamilies')),
    ports: portsOf(reader, spec, interner),
    externalIPs: reader.texts(spec['externalIPs'], 'spec.externalIPs'),
    loadBalancerIngress: ingressOf(reader, raw, interner),
    loadBalancerSourceRanges: interner.texts(
      reader.texts(spec['loadBalancerSourceRanges'], 'spec.loadBalancerSourceRanges'),
    ),
    externalTrafficPolicy: text('externalTrafficPolicy'),
    internalTrafficPolicy: text('internalTrafficPolicy'),
    healthCheckNodePort: reader.integer(spec['healthCheckNodePort'], 'spec.healthCheckNodePort'),
    sessionAffinity: text('sessionAffinity'),
    affinityTimeoutSeconds: affinityTimeoutOf(reader, spec),
    ...ipvsOf(reader, meta.metadata, interner),
  };
  return { object, problems: reader.problems };
}

/** Annotations are the only place where a Service can say what no field of it is for. */
function ipvsOf(reader: FieldReader, metadata: Raw, interner: Interner): Pick<Service, 'ipvs'> {
  const annotations = metadata['annotations'];
  if (!isRaw(annotations)) return {};
  const text = (name: string): string =>
    interner.text(reader.text(annotations[name], `metadata.annotations[${name}]`).trim());
  const ipvs = { scheduler: text('sluice/ipvs-scheduler'), schedulerFlags: text('sluice/ipvs-scheduler-flags') };
  return ipvs.scheduler || ipvs.schedulerFlags ? { ipvs } : {};
}

function portsOf(reader: FieldReader, spec: Raw, interner: Interner): readonly ServicePortSpec[] {
  const list = reader.list(spec['ports'], 'spec.ports');
  if (list.length === 0) return NONE;
  const ports: ServicePortSpec[] = [];
  list.forEach((element, index) => {
    reader.enter('spec.ports', index);
    const raw = reader.raw(element, '');
    const port = reader.integer(raw['port'], 'port');
    if (port === 0) {
      if (isRaw(element) && (raw['port'] === undefined || raw['port'] === null)) reader.report('port', 'is missing');
      return;
    }
    ports.push({
      name: interner.text(reader.text(raw['name'], 'name')),
      protocol: interner.text(reader.text(raw['protocol'], 'protocol', 'TCP')),
      port,
      nodePort: reader.integer(raw['nodePort'], 'nodePort'),
    });
  });
  reader.enter('');
  return interner.servicePorts(ports);
}

function ingressOf(reader: FieldReader, raw: Raw, interner: Interner): readonly LoadBalancerIngress[] {
  const status = reader.raw(raw['status'], 'status');
  const list = reader.list(
    reader.raw(status['loadBalancer'], 'status.loadBalancer')['ingress'],
    'status.loadBalancer.ingress',
  );
  if (list.length === 0) return NONE;
  const ingress: LoadBalancerIngress[] = [];
  list.forEach((element, index) => {
    reader.enter('status.loadBalancer.ingress', index);
    const entry = reader.raw(element, '');
    const ip = reader.text(entry['ip'], 'ip');
    // An entry with a hostname only is legal, and of no use to a node.
    if (ip === '') return;
    const ipMode = reader.text(entry['ipMode'], 'ipMode');
    ingress.push({ ip, ipMode: ipMode === '' ? undefined : interner.text(ipMode) });
  });
  reader.enter('');
  return exact(ingress);
}

function affinityTimeoutOf(reader: FieldReader, spec: Raw): number | undefined {
  const config = reader.raw(spec['sessionAffinityConfig'], 'spec.sessionAffinityConfig');
  const clientIP = reader.raw(config['clientIP'], 'spec.sessionAffinityConfig.clientIP');
  const seconds = reader.integer(
    clientIP['timeoutSeconds'],
    'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
    Number.NaN,
  );
  return Number.isNaN(seconds) ? undefined : seconds;
}
