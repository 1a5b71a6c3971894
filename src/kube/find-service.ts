import { json } from 'node:stream/consumers';
import { statusErrorOfResponse } from './api-status.ts';
import { systemClock } from './clock.ts';
import { isRaw, type Raw } from './field-reader.ts';
import { Interner } from './interner.ts';
import { projectService } from './project-service.ts';
import type { Transport } from './transport.ts';
import type { Service } from './types.ts';

/** A Service, also one that a proxy is not told of: see the selectors in resources.ts. */
export interface FoundService {
  readonly service: Service;
  /** It has the label of another proxy. */
  readonly isOfOtherProxy: boolean;
}

const OTHER_PROXY = 'service.kubernetes.io/service-proxy-name';
const TIMEOUT_MS = 10_000;

/**
 * Asks the API server for one Service, whatever its labels are. A list, since that is what a proxy may ask for.
 * @param owner `ns/name`
 * @returns undefined where there is none
 * @throws Error where the server does not answer, or refuses to
 */
export async function findService(transport: Transport, owner: string): Promise<FoundService | undefined> {
  const [namespace = '', name = ''] = owner.split('/');
  const response = await transport.request({
    method: 'GET',
    verb: 'list',
    resource: 'services',
    path: '/api/v1/services',
    query: { fieldSelector: `metadata.namespace=${namespace},metadata.name=${name}` },
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status !== 200) throw await statusErrorOfResponse(response, systemClock);
  const list = await json(response.body);
  const items: unknown = isRaw(list) ? list['items'] : undefined;
  const raw: unknown = Array.isArray(items) ? items[0] : undefined;
  const { object } = projectService(raw, new Interner());
  return object && isRaw(raw) ? { service: object, isOfOtherProxy: OTHER_PROXY in labelsOf(raw) } : undefined;
}

function labelsOf({ metadata }: Raw): Raw {
  const labels = isRaw(metadata) ? metadata['labels'] : undefined;
  return isRaw(labels) ? labels : {};
}
