import { parseAllDocuments } from 'yaml';
import { isRaw, type Raw } from './field-reader.ts';
import { Interner } from './interner.ts';
import { projectEndpointSlice } from './project-endpoint-slice.ts';
import { projectNode } from './project-node.ts';
import { projectServiceCIDR } from './project-service-cidr.ts';
import { projectService } from './project-service.ts';
import { metaOf, type Projected } from './projection.ts';
import { projectWeighted, WEIGHT_LABEL } from './project-weighted.ts';
import type { EndpointSlice, Node, Problem, Service, ServiceCIDR, Weighted } from './types.ts';

/** Objects from files, reduced as those from the API server. */
export interface Manifests {
  readonly services: readonly Service[];
  readonly endpointSlices: readonly EndpointSlice[];
  readonly nodes: readonly Node[];
  readonly serviceCIDRs: readonly ServiceCIDR[];
  /** Of Pods and Nodes. */
  readonly weighted: readonly Weighted[];
  /** `ns/name` of Services that are left out since another proxy takes care of them. */
  readonly ofOtherProxies: readonly string[];
  /** What is wrong, with the file in place of an object that cannot be named. */
  readonly problems: readonly Problem[];
}

export interface ManifestText {
  /** For messages. */
  readonly file: string;
  readonly text: string;
}

const OTHER_PROXY = 'service.kubernetes.io/service-proxy-name';
const HEADLESS = 'service.kubernetes.io/headless';

/**
 * Reads Services, EndpointSlices, Nodes, ServiceCIDRs and Pods with a weight from YAML or JSON: single objects, several documents, lists as kubectl prints them.
 * Other kinds are passed over. What is broken costs no more than itself. Objects that the API server would not send, because of their
 * labels, are left out.
 */
export function readManifests(texts: readonly ManifestText[]): Manifests {
  const interner = new Interner();
  const services: Service[] = [];
  const endpointSlices: EndpointSlice[] = [];
  const nodes: Node[] = [];
  const serviceCIDRs: ServiceCIDR[] = [];
  const weighted: Weighted[] = [];
  const ofOtherProxies: string[] = [];
  const problems: Problem[] = [];
  const take = <T>(list: T[], { object, problems: own }: Projected<T>): void => {
    if (object) list.push(object);
    problems.push(...own);
  };
  for (const { file, object } of documentsOf(texts, problems)) {
    const isOthers = hasLabel(object, OTHER_PROXY);
    switch (object['kind']) {
      case 'Service':
        if (!isOthers) take(services, projectService(object, interner));
        else ofOtherProxies.push(...keyOf(object));
        break;
      case 'EndpointSlice':
        if (!isOthers && !hasLabel(object, HEADLESS))
          take(endpointSlices, projectEndpointSlice(withPortNames(object), interner));
        break;
      case 'Node':
        take(nodes, projectNode(object, interner));
        if (hasLabel(object, WEIGHT_LABEL)) take(weighted, projectWeighted('Node', object, interner));
        break;
      case 'Pod':
        if (hasLabel(object, WEIGHT_LABEL)) take(weighted, projectWeighted('Pod', object, interner));
        break;
      case 'ServiceCIDR':
        take(serviceCIDRs, projectServiceCIDR(object));
        break;
      case undefined:
        problems.push({ object: file, field: 'kind', message: 'is missing' });
        break;
      default:
    }
  }
  return { services, endpointSlices, nodes, serviceCIDRs, weighted, ofOtherProxies, problems };
}

function* documentsOf(texts: readonly ManifestText[], problems: Problem[]): Generator<{ file: string; object: Raw }> {
  for (const { file, text } of texts) {
    const json = jsonOf(text);
    if (json) {
      yield* itemsOf(file, json);
      continue;
    }
    const documents = parseAllDocuments(text, { uniqueKeys: false });
    if ('empty' in documents) continue;
    for (const [index, document] of documents.entries()) {
      const where = documents.length > 1 ? `${file}, document ${index + 1}` : file;
      const [error] = document.errors;
      if (error) {
        problems.push({ object: where, field: '', message: error.message.split('\n', 1)[0] ?? 'is no YAML' });
        continue;
      }
      let object: unknown;
      try {
        object = document.toJS();
      } catch (reason) {
        problems.push({ object: where, field: '', message: reason instanceof Error ? reason.message : String(reason) });
        continue;
      }
      if (object === null || object === undefined) continue;
      if (isRaw(object)) yield* itemsOf(where, object);
      else problems.push({ object: where, field: '', message: 'is no Kubernetes object' });
    }
  }
}

/** What is one JSON object: read as YAML, that of a large cluster would take a hundred times its size. */
function jsonOf(text: string): Raw | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const object: unknown = JSON.parse(text);
    return isRaw(object) ? object : undefined;
  } catch {
    return undefined;
  }
}

function* itemsOf(file: string, object: Raw): Generator<{ file: string; object: Raw }> {
  const kind = object['kind'];
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(object['items'])) {
    yield { file, object };
    return;
  }
  for (const item of object['items'] as unknown[]) {
    // Items of a list from the API have no kind of their own: a ServiceList holds Services.
    if (isRaw(item)) yield* itemsOf(file, { ...(kind !== 'List' && { kind: kind.slice(0, -'List'.length) }), ...item });
  }
}

/** As the API server does: a port without a name is the one unnamed port. */
function withPortNames(slice: Raw): Raw {
  const ports = slice['ports'];
  if (!Array.isArray(ports)) return slice;
  return { ...slice, ports: ports.map((port: unknown) => (isRaw(port) ? { name: '', ...port } : port)) };
}

function keyOf(object: Raw): string[] {
  const meta = metaOf(object, true);
  return meta ? [meta.key] : [];
}

function hasLabel(object: Raw, label: string): boolean {
  const metadata = object['metadata'];
  const labels = isRaw(metadata) ? metadata['labels'] : undefined;
  return isRaw(labels) && label in labels;
}
