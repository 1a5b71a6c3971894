import { RESOURCES } from './resources.ts';
import type { Resource, Verb } from './resources.ts';

/** What a request is about. */
export interface Target {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  readonly verb: Verb;
}

const METHOD_VERBS: Readonly<Record<string, Verb>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

const isWatch = (url: URL): boolean => ['true', '1'].includes(url.searchParams.get('watch') ?? '');

function verbOf(url: URL, method: string, name: string | undefined): Verb | undefined {
  const verb = METHOD_VERBS[method];
  if (verb !== 'get' || name) return verb;
  return isWatch(url) ? 'watch' : 'list';
}

/** Reads a request's path as Kubernetes spells it; undefined for one that leads to no resource. */
export function route(url: URL, method: string): Target | undefined {
  const parts = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const isCore = parts[0] === 'api';
  if (!isCore && parts[0] !== 'apis') return undefined;
  const [group, version] = isCore ? ['', parts[1]] : parts.slice(1, 3);
  let rest = parts.slice(isCore ? 2 : 3);
  let namespace: string | undefined;
  if (rest[0] === 'namespaces' && rest.length > 2) [, namespace, ...rest] = rest;
  const [plural, name, subresource] = rest;
  const resource = RESOURCES.find(r => r.group === group && r.version === version && r.plural === plural);
  if (!resource || (subresource && subresource !== 'status')) return undefined;
  if (namespace && !resource.namespaced) return undefined;
  const verb = verbOf(url, method, name);
  return verb && { resource, namespace, name, subresource, verb };
}
