import { describe, expect, test } from 'vitest';
import { resourceOf } from '../../conformance/lib/api/resources.ts';
import { selectorOf } from '../../conformance/lib/api/selectors.ts';
import { Store } from '../../conformance/lib/api/store.ts';
import type { Change } from '../../conformance/lib/api/store.ts';
import { service } from '../../conformance/objects.ts';

const SERVICES = resourceOf({ kind: 'Service' });
const web = service('web', { ip: '10.96.0.10', labels: { app: 'web' } });

const typesOf = (changes: Change[] | undefined) => changes?.map(({ type, previous }) => [type, previous?.['spec']]);

describe('the store of the API server double', () => {
  test('versions increase with every change, and what changes nothing is none', () => {
    const store = new Store();
    const first = store.apply(web).metadata.resourceVersion;
    expect(store.apply(web).metadata.resourceVersion).toBe(first);
    const second = store.apply(service('web', { ip: '10.96.0.11' })).metadata.resourceVersion;
    expect(Number(second)).toBe(Number(first) + 1);
  });

  test('a watch can replay what came after a version, with the previous objects, until it is compacted', () => {
    const store = new Store();
    store.apply(web);
    const { version } = store;
    store.patch(SERVICES, 'default', 'web', { spec: { type: 'NodePort' } });
    store.delete(SERVICES, 'default', 'web');
    expect(typesOf(store.since(SERVICES, version))).toMatchObject([
      ['MODIFIED', { type: 'ClusterIP' }],
      ['DELETED', { type: 'NodePort' }],
    ]);
    store.compact();
    expect(store.since(SERVICES, version)).toBeUndefined();
  });

  test('an older version is refused, and the same goes for a patch that names one', () => {
    const store = new Store();
    const { resourceVersion = '' } = store.apply(web).metadata;
    store.apply(service('web', { ip: '10.96.0.11' }));
    const outdated = { metadata: { name: 'web', resourceVersion } };
    expect(() => store.update(SERVICES, 'default', outdated)).toThrow(expect.objectContaining({ code: 409 }));
    expect(() => store.patch(SERVICES, 'default', 'web', outdated)).toThrow(expect.objectContaining({ code: 409 }));
    expect(store.patch(SERVICES, 'default', 'web', { spec: { type: 'NodePort' } })).toMatchObject({
      spec: { type: 'NodePort', clusterIP: '10.96.0.11' },
    });
  });

  test('what is not there is 404', () => {
    expect(() => new Store().delete(SERVICES, 'default', 'web')).toThrow(expect.objectContaining({ code: 404 }));
  });
});

describe('selectors', () => {
  const object = { metadata: { name: 'web', labels: { app: 'web', tier: '' } } };
  test.for([
    { name: 'nothing', query: '', matches: true },
    { name: 'a label', query: 'labelSelector=app=web', matches: true },
    { name: 'another value', query: 'labelSelector=app==api', matches: false },
    { name: 'not this value', query: 'labelSelector=app!=api', matches: true },
    { name: 'not a value of a label that is not there', query: 'labelSelector=zone!=a', matches: true },
    { name: 'a label that is there, if empty', query: 'labelSelector=tier', matches: true },
    { name: 'a label that is not there', query: 'labelSelector=!zone', matches: true },
    { name: 'one of several', query: 'labelSelector=app in (api,web),tier', matches: true },
    { name: 'none of several', query: 'labelSelector=app notin (api,web)', matches: false },
    { name: 'none of several, not there', query: 'labelSelector=zone notin (a)', matches: true },
    { name: 'a field', query: 'fieldSelector=metadata.name=web', matches: true },
    { name: 'another field', query: 'fieldSelector=metadata.name=api', matches: false },
    { name: 'both', query: 'labelSelector=app=web&fieldSelector=metadata.name!=web', matches: false },
  ])('$name: $query', ({ query, matches }) => {
    expect(selectorOf(new URLSearchParams(query))(object)).toBe(matches);
  });

  test('one that cannot be parsed', () => {
    expect(() => selectorOf(new URLSearchParams('labelSelector=a=b=c'))).toThrow('unable to parse requirement: a=b=c');
  });
});
