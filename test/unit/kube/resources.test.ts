import { describe, expect, test } from 'vitest';
import { Interner } from '../../../src/kube/interner.ts';
import {
  endpointSlicesResource,
  listQuery,
  nodeResource,
  serviceCIDRsResource,
  servicesResource,
  watchListQuery,
  watchQuery,
  weightedResource,
} from '../../../src/kube/resources.ts';
import { QueryPlan } from '../../../src/kube/query-plan.ts';

const interner = new Interner();
const services = servicesResource(interner);

test('each resource is asked for where it is, and no more of it than we need', () => {
  const asked = [
    services,
    endpointSlicesResource(interner),
    nodeResource('node-a', interner),
    serviceCIDRsResource(),
    weightedResource('Pod', interner),
    weightedResource('Node', interner),
  ];
  expect(asked.map(({ path, labelSelector, fieldSelector }) => ({ path, labelSelector, fieldSelector }))).toEqual([
    {
      path: '/api/v1/services',
      labelSelector: '!service.kubernetes.io/service-proxy-name',
      fieldSelector: 'spec.clusterIP!=None',
    },
    {
      path: '/apis/discovery.k8s.io/v1/endpointslices',
      labelSelector: '!service.kubernetes.io/headless,!service.kubernetes.io/service-proxy-name',
      fieldSelector: '',
    },
    { path: '/api/v1/nodes', labelSelector: '', fieldSelector: 'metadata.name=node-a' },
    { path: '/apis/networking.k8s.io/v1/servicecidrs', labelSelector: '', fieldSelector: '' },
    { path: '/api/v1/pods', labelSelector: 'sluice/ipvs-weight', fieldSelector: '' },
    { path: '/api/v1/nodes', labelSelector: 'sluice/ipvs-weight', fieldSelector: '' },
  ]);
  expect(asked.map(({ isOptional }) => isOptional)).toEqual([false, false, false, true, true, true]);
});

describe('queries', () => {
  const selectors = { labelSelector: services.labelSelector, fieldSelector: services.fieldSelector };

  test('a list asks for a version on its first page only', () => {
    expect(listQuery(selectors, '0', '')).toEqual({ ...selectors, resourceVersion: '0' });
    expect(listQuery(selectors, '', '')).toEqual(selectors);
    expect(listQuery(selectors, '0', 'token')).toEqual({ ...selectors, continue: 'token' });
  });

  test('a watch asks for bookmarks and for an end', () => {
    const query = {
      ...selectors,
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: '450',
      resourceVersion: '7',
    };
    expect(watchQuery(selectors, '7', 450)).toEqual(query);
    expect(watchListQuery(selectors, 450)).toEqual({
      ...query,
      resourceVersion: '',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
    });
  });

  test('empty selectors are left out', () => {
    expect(listQuery({ labelSelector: '', fieldSelector: '' }, '', '')).toEqual({});
  });
});

describe('QueryPlan', () => {
  test('first lists whatever the server holds, then nothing older than what we have', () => {
    const plan = new QueryPlan(services);
    expect(plan.list('', '')['resourceVersion']).toBe('0');
    expect(plan.list('12', '')['resourceVersion']).toBe('12');
    plan.dropVersion();
    expect(plan.list('12', '')).not.toHaveProperty('resourceVersion');
    plan.restoreVersion();
    expect(plan.list('12', '')['resourceVersion']).toBe('12');
  });

  test('leaves out the optional field selector everywhere once it was refused', () => {
    const plan = new QueryPlan(services);
    expect(plan.canDropFieldSelector).toBe(true);
    plan.dropFieldSelector();
    expect(plan.canDropFieldSelector).toBe(false);
    for (const query of [plan.list('', ''), plan.watch('7', 1), plan.watchList(1)]) {
      expect(query).not.toHaveProperty('fieldSelector');
      expect(query['labelSelector']).toBe(services.labelSelector);
    }
  });

  test('never leaves out a field selector that matters', () => {
    const plan = new QueryPlan(nodeResource('node-a', interner));
    expect(plan.canDropFieldSelector).toBe(false);
    plan.dropFieldSelector();
    expect(plan.watch('7', 1)['fieldSelector']).toBe('metadata.name=node-a');
  });
});
