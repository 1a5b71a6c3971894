// An in-memory object store with the guarantees that watchers of a Kubernetes API server rely on: one increasing
// resource version over all resources, and per resource a bounded history of changes that a watch can replay.

import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, Metadata } from '../kube-object.ts';
import { ApiError } from './api-error.ts';
import { isObject, mergePatch } from './merge-patch.ts';
import { resourceOf, RESOURCES } from './resources.ts';
import type { Resource } from './resources.ts';

/** An object as the store keeps it: without kind and apiVersion, which its resource tells. */
export interface StoredObject {
  metadata: Metadata;
  status?: unknown;
  [field: string]: unknown;
}

/** What a client sends: the metadata may lack the name. */
export interface InputObject {
  metadata?: Partial<Metadata>;
  status?: unknown;
  [field: string]: unknown;
}

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly version: number;
  readonly object: StoredObject;
  readonly previous: StoredObject | undefined;
}

interface Table {
  readonly objects: Map<string, StoredObject>;
  history: Change[];
  compacted: number;
}

/** A copy as it would arrive over the wire. */
function copyOf<T>(object: T): T {
  const copy: T = JSON.parse(JSON.stringify(object));
  return copy;
}

const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

const SET_BY_THE_SERVER = ['uid', 'creationTimestamp', 'resourceVersion', 'generation'] as const;

export class Store extends EventEmitter {
  readonly #historyLimit: number;
  #version = 1000;
  readonly #tables: ReadonlyMap<string, Table>;

  constructor({ historyLimit = 2000 } = {}) {
    super();
    this.setMaxListeners(0);
    this.#historyLimit = historyLimit;
    this.#tables = new Map(RESOURCES.map(({ key }) => [key, { objects: new Map(), history: [], compacted: 0 }]));
  }

  /** The version of the last change. */
  get version(): number {
    return this.#version;
  }

  #table(resource: Resource): Table {
    const table = this.#tables.get(resource.key);
    if (!table) throw new Error(`no such resource: ${resource.key}`);
    return table;
  }

  /** Objects of one resource in the order of their keys. */
  list(resource: Resource, namespace?: string): StoredObject[] {
    return [...this.#table(resource).objects]
      .filter(([key]) => !namespace || key.startsWith(`${namespace}/`))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object);
  }

  /** The object of this name, or undefined. */
  find(resource: Resource, namespace: string | undefined, name: string): StoredObject | undefined {
    return this.#table(resource).objects.get(keyOf(resource.namespaced ? namespace : '', name));
  }

  /** The object of this name; throws 404. */
  get(resource: Resource, namespace: string | undefined, name: string): StoredObject {
    const found = this.find(resource, namespace, name);
    if (found) return found;
    const details = { name, group: resource.group || undefined, kind: resource.plural };
    throw new ApiError(404, 'NotFound', `${resource.key} "${name}" not found`, details);
  }

  /** Adds an object; throws 422 for one without a name and 409 for one that is there. */
  create(resource: Resource, namespace: string | undefined, input: InputObject): StoredObject {
    const object = this.#admit(resource, namespace, input);
    const { metadata } = object;
    const generated = metadata['generateName'];
    if (!metadata.name && typeof generated === 'string') metadata.name = generated + randomUUID().slice(0, 5);
    const { name } = metadata;
    if (!name) throw new ApiError(422, 'Invalid', `${resource.kind} "" is invalid: metadata.name: Required value`);
    if (this.find(resource, namespace, name)) {
      const details = { name, kind: resource.plural };
      throw new ApiError(409, 'AlreadyExists', `${resource.key} "${name}" already exists`, details);
    }
    metadata.uid = randomUUID();
    metadata.creationTimestamp = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    if (resource.kind === 'EndpointSlice') metadata.generation = 1;
    return this.#commit(resource, 'ADDED', object);
  }

  /** Replaces an object (or its status only); throws 404, and 409 where the given version is not the newest. */
  update(
    resource: Resource,
    namespace: string | undefined,
    input: InputObject,
    { onlyStatus = false } = {},
  ): StoredObject {
    const { name = '', resourceVersion } = input.metadata ?? {};
    const previous = this.get(resource, namespace, name);
    if (resourceVersion && resourceVersion !== previous.metadata.resourceVersion) throw conflict(resource, name);
    const object = onlyStatus
      ? { ...copyOf(previous), status: copyOf(input.status ?? {}) }
      : this.#admit(resource, namespace, input);
    if (resource.status && !onlyStatus && !('status' in object) && 'status' in previous) {
      object['status'] = previous.status;
    }
    const kept = SET_BY_THE_SERVER.map(field => [field, previous.metadata[field]] as const);
    Object.assign(object.metadata, Object.fromEntries(kept.filter(([, value]) => value !== undefined)));
    if (isDeepStrictEqual(object, previous)) return previous;
    if (object.metadata.generation) object.metadata.generation += 1;
    return this.#commit(resource, 'MODIFIED', object, previous);
  }

  /** Applies a JSON merge patch; throws as `update` does. */
  patch(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    patch: InputObject,
    options?: { onlyStatus?: boolean },
  ): StoredObject {
    const patched = mergePatch(this.get(resource, namespace, name), patch);
    if (!isObject(patched) || !isObject(patched['metadata'])) throw withoutMetadata(resource, name);
    const { resourceVersion: _, ...metadata } = patched['metadata'];
    const asked = patch.metadata?.resourceVersion;
    const version = asked ? { resourceVersion: asked } : {};
    return this.update(resource, namespace, { ...patched, metadata: { ...metadata, ...version } }, options);
  }

  /** Removes an object; throws 404. */
  delete(resource: Resource, namespace: string | undefined, name: string): StoredObject {
    const previous = this.get(resource, namespace, name);
    return this.#commit(resource, 'DELETED', copyOf(previous), previous);
  }

  /** Creates or replaces a whole object, kind and status included. */
  apply(object: KubeObject): StoredObject {
    const resource = resourceOf(object);
    const namespace = resource.namespaced ? (object.metadata.namespace ?? 'default') : undefined;
    const { resourceVersion: _, ...metadata } = object.metadata;
    const input: InputObject = { ...object, metadata };
    if (!this.find(resource, namespace, metadata.name)) return this.create(resource, namespace, input);
    return this.update(resource, namespace, input);
  }

  /** Empties the store. Versions keep increasing, as across a restored etcd. */
  clear(): void {
    for (const table of this.#tables.values()) table.objects.clear();
    this.compact();
  }

  /** Forgets all history: a watch from before now is answered with 410. */
  compact(): void {
    this.#version += 1;
    for (const table of this.#tables.values()) {
      table.history = [];
      table.compacted = this.#version;
    }
  }

  /** The changes after a version, or undefined when the history no longer reaches back that far. */
  since(resource: Resource, version: number): Change[] | undefined {
    const { history, compacted } = this.#table(resource);
    return version < compacted ? undefined : history.filter(change => change.version > version);
  }

  #admit(resource: Resource, namespace: string | undefined, input: InputObject): StoredObject {
    const { kind: _kind, apiVersion: _apiVersion, metadata, ...rest } = copyOf(input);
    const { namespace: own, ...others } = { name: '', ...metadata };
    const at = resource.namespaced ? { namespace: namespace ?? own ?? 'default' } : {};
    return { ...rest, metadata: { ...others, ...at } };
  }

  #commit(resource: Resource, type: Change['type'], object: StoredObject, previous?: StoredObject): StoredObject {
    const table = this.#table(resource);
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    this.#version += 1;
    object.metadata.resourceVersion = String(this.#version);
    if (type === 'DELETED') table.objects.delete(key);
    else table.objects.set(key, object);
    const change: Change = { type, version: this.#version, object, previous };
    table.history.push(change);
    if (table.history.length > this.#historyLimit) table.compacted = table.history.shift()?.version ?? table.compacted;
    this.emit(resource.key, change);
    return object;
  }
}

const withoutMetadata = (resource: Resource, name: string): ApiError =>
  new ApiError(422, 'Invalid', `${resource.kind} "${name}" is invalid: metadata: Required value`);

const conflict = (resource: Resource, name: string): ApiError =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${resource.key} "${name}": the object has been modified; please apply your ` +
      'changes to the latest version and try again',
    { name, kind: resource.plural },
  );
