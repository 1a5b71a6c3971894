import { describe, expect, test } from 'vitest';
import { clusterIP, nodePortOf } from '../../../bench/cluster/addressing.ts';
import { serviceObject, sliceObject } from '../../../bench/cluster/api-objects.ts';
import { SyntheticCluster } from '../../../bench/cluster/synthetic-cluster.ts';
import { Interner } from '../../../src/kube/interner.ts';
import { projectEndpointSlice } from '../../../src/kube/project-endpoint-slice.ts';
import { projectService } from '../../../src/kube/project-service.ts';

describe('the cluster of a measurement', () => {
  test('no two Services have an address in common, and no two endpoints, replaced or not', () => {
    const cluster = new SyntheticCluster({ services: 3000, endpointsEach: 3 });
    const before = cluster.services.flatMap(i => cluster.endpointsOf(i));
    expect(before).toHaveLength(cluster.endpointCount);
    for (const i of cluster.services) cluster.change(i);
    const firsts = cluster.services.map(i => cluster.endpointsOf(i)[0]);
    expect(new Set([...before, ...firsts]).size).toBe(before.length + firsts.length);
    expect(new Set(cluster.services.map(clusterIP)).size).toBe(3000);
    const nodePorts = cluster.services.map(nodePortOf).filter(Boolean);
    expect(nodePorts).toHaveLength(300);
    expect(new Set(nodePorts).size).toBe(300);
  });

  test('a second change leads back, and concerns one Service only', () => {
    const cluster = new SyntheticCluster({ services: 200, endpointsEach: 5 });
    const [one, other] = [cluster.endpointsOf(3), cluster.endpointsOf(4)];
    cluster.change(3);
    expect(cluster.endpointsOf(3)).not.toEqual(one);
    expect(cluster.endpointsOf(3).slice(1)).toEqual(one.slice(1));
    expect(cluster.endpointsOf(4)).toEqual(other);
    cluster.change(3);
    expect(cluster.endpointsOf(3)).toEqual(one);
  });

  test('sampled Services are spread over all, the last one among them, with one endpoint each', () => {
    const cluster = new SyntheticCluster({ services: 10_000, endpointsEach: 5 });
    expect(cluster.sampled).toHaveLength(64);
    expect(cluster.sampled.at(-1)).toBe(9999);
    const gaps = cluster.sampled.map((i, n) => i - (cluster.sampled[n - 1] ?? -1));
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
    for (const i of cluster.sampled) expect(cluster.endpointsOf(i)).toHaveLength(1);
    expect(cluster.endpointCount).toBe(9936 * 5 + 64);
  });

  test('more endpoints than there are addresses for are refused', () => {
    expect(() => new SyntheticCluster({ services: 30_000, endpointsEach: 50 })).toThrow('endpoints');
  });

  test('its objects are what a proxy reads, with nothing wrong in them', () => {
    const service = projectService(serviceObject(20, '7'), new Interner());
    expect(service.problems).toEqual([]);
    expect(service.object).toMatchObject({ clusterIP: clusterIP(20), ports: [{ port: 80, nodePort: nodePortOf(20) }] });
    const slice = projectEndpointSlice(sliceObject(20, ['10.160.0.1', '10.160.0.2'], 0, '8'), new Interner());
    expect(slice.problems).toEqual([]);
    expect(slice.object?.serviceName).toBe(service.object?.name);
    expect(slice.object?.endpoints.map(({ address, traits }) => [address, traits.ready])).toEqual([
      ['10.160.0.1', true],
      ['10.160.0.2', true],
    ]);
  });
});
