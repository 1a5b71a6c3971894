import type { Raw } from './field-reader.ts';
import { exact, FieldReader, isRaw, NONE } from './field-reader.ts';
import type { Interner } from './interner.ts';
import type { Projected } from './projection.ts';
import { metaOf, nameless } from './projection.ts';
import type { EndpointSlice, EndpointSlicePort, SliceEndpoint } from './types.ts';

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
const TRIGGER_TIME_ANNOTATION = 'endpoints.kubernetes.io/last-change-trigger-time';
const WEIGHT_ANNOTATION = 'sluice/ipvs-weight';

/**
 * Reduces a discovery.k8s.io/v1 EndpointSlice to what forwarding reads. As kube-proxy: only `addresses[0]` of an endpoint
 * counts, and ports without a name or a number are ignored (an empty name is the unnamed port). Takes any JSON and never
 * throws: what is wrong is left out and told in `problems`.
 */
export function projectEndpointSlice(raw: unknown, interner: Interner): Projected<EndpointSlice> {
  const meta = metaOf(raw, true);
  if (!meta || !isRaw(raw)) return nameless('EndpointSlice');
  const reader = new FieldReader(`EndpointSlice ${meta.key}`);
  const labels = reader.raw(meta.metadata['labels'], 'metadata.labels');
  const annotations = reader.raw(meta.metadata['annotations'], 'metadata.annotations');
  const object: EndpointSlice = {
    namespace: interner.text(meta.namespace),
    name: meta.name,
    serviceName: reader.text(labels[SERVICE_NAME_LABEL], `metadata.labels[${SERVICE_NAME_LABEL}]`),
    addressType: interner.text(reader.text(raw['addressType'], 'addressType')),
    ports: portsOf(reader, raw, interner),
    endpoints: endpointsOf(reader, raw, interner),
    triggerTimeMs: timeOf(annotations[TRIGGER_TIME_ANNOTATION]),
    ...weightOf(reader, annotations, interner),
  };
  return { object, problems: reader.problems };
}

function weightOf(reader: FieldReader, annotations: Raw, interner: Interner): Pick<EndpointSlice, 'ipvsWeight'> {
  const value = annotations[WEIGHT_ANNOTATION];
  if (value === undefined) return {};
  return { ipvsWeight: interner.text(reader.text(value, `metadata.annotations[${WEIGHT_ANNOTATION}]`).trim()) };
}

function portsOf(reader: FieldReader, raw: Raw, interner: Interner): readonly EndpointSlicePort[] {
  const list = reader.list(raw['ports'], 'ports');
  if (list.length === 0) return NONE;
  const ports: EndpointSlicePort[] = [];
  list.forEach((element, index) => {
    reader.enter('ports', index);
    const entry = reader.raw(element, '');
    const hasName = entry['name'] !== undefined && entry['name'] !== null;
    const name = reader.text(entry['name'], 'name');
    const port = reader.integer(entry['port'], 'port');
    const protocol = reader.text(entry['protocol'], 'protocol', 'TCP');
    if (!hasName || (name === '' && entry['name'] !== '') || port === 0) return;
    ports.push({ name, protocol, port });
  });
  reader.enter('');
  return interner.slicePorts(ports);
}

function endpointsOf(reader: FieldReader, raw: Raw, interner: Interner): readonly SliceEndpoint[] {
  const list = reader.list(raw['endpoints'], 'endpoints');
  if (list.length === 0) return NONE;
  const endpoints: SliceEndpoint[] = [];
  for (let index = 0; index < list.length; index += 1) {
    reader.enter('endpoints', index);
    const endpoint = endpointOf(reader, reader.raw(list[index], ''), interner);
    if (endpoint) endpoints.push(endpoint);
  }
  reader.enter('');
  return exact(endpoints);
}

function endpointOf(reader: FieldReader, entry: Raw, interner: Interner): SliceEndpoint | undefined {
  const address = reader.text(reader.list(entry['addresses'], 'addresses')[0], 'addresses[0]');
  if (address === '') return undefined;
  const conditions = reader.raw(entry['conditions'], 'conditions');
  const hints = reader.raw(entry['hints'], 'hints');
  return {
    address,
    traits: interner.traits({
      ready: reader.flag(conditions['ready'], 'conditions.ready', true),
      serving: reader.flag(conditions['serving'], 'conditions.serving', true),
      terminating: reader.flag(conditions['terminating'], 'conditions.terminating', false),
      nodeName: interner.text(reader.text(entry['nodeName'], 'nodeName')),
      zoneHints: hintsOf(reader, hints['forZones'], 'hints.forZones', interner),
      nodeHints: hintsOf(reader, hints['forNodes'], 'hints.forNodes', interner),
    }),
  };
}

function hintsOf(reader: FieldReader, value: unknown, field: string, interner: Interner): readonly string[] {
  const list = reader.list(value, field);
  if (list.length === 0) return NONE;
  const names = list.map((element, index) => {
    const name = reader.raw(element, `${field}[${index}]`)['name'];
    return reader.text(name, `${field}[${index}].name`);
  });
  return interner.texts(names.filter(name => name !== ''));
}

/** RFC 3339 with up to nanoseconds, in milliseconds since 1970. */
function timeOf(value: unknown): number | undefined {
  const timeMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
