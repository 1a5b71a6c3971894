import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Endpoint } from '../../../src/model/endpoint.ts';
import { endpointsOf } from '../../../src/model/endpoint-set.ts';
import { type ServicePort, usesClusterEndpoints, usesLocalEndpoints } from '../../../src/model/service-port.ts';
import { categorizeEndpoints } from '../../../src/plan/categorize-endpoints.ts';
import { endpoint, endpointSlice, nodeView, servicePort, sliceEndpoint } from '../../support/builders.ts';

const NODE = nodeView();

const endpointLists: fc.Arbitrary<Endpoint[]> = fc
  .array(
    fc.record({
      ready: fc.boolean(),
      serving: fc.boolean(),
      terminating: fc.boolean(),
      nodeName: fc.constantFrom('node-a', 'node-b', ''),
      zoneHints: fc.constantFrom([], ['zone-a'], ['zone-b'], ['zone-b', 'zone-a']),
      nodeHints: fc.constantFrom([], ['node-a'], ['node-b']),
    }),
    { maxLength: 6 },
  )
  .map(all => all.map((one, i) => endpoint({ ...one, address: `10.244.1.${i + 1}` })));

const ports: fc.Arbitrary<ServicePort> = fc
  .record({
    internalTrafficPolicy: fc.constantFrom('cluster' as const, 'local' as const),
    externalTrafficPolicy: fc.constantFrom('cluster' as const, 'local' as const),
    nodePort: fc.constantFrom(0, 30_080),
  })
  .map(servicePort);

/** The algorithm of kube-proxy's CategorizeEndpoints, step by step and flag by flag as upstream describes it. */
function upstream(
  endpoints: readonly Endpoint[],
  port: ServicePort,
): { cluster: Endpoint[]; local: Endpoint[]; hasAny: boolean } {
  const result = { cluster: [] as Endpoint[], local: [] as Endpoint[], hasAny: false };
  if (usesClusterEndpoints(port)) {
    result.cluster = endpoints.filter(one => one.ready && allowedByHints(endpoints, one));
    if (result.cluster.length === 0) result.cluster = endpoints.filter(one => one.serving && one.terminating);
    if (result.cluster.length > 0) result.hasAny = true;
  }
  if (!usesLocalEndpoints(port)) return result;
  let [haveLocalReady, haveLocalServingTerminating] = [false, false];
  for (const one of endpoints) {
    const isLocal = one.nodeName === NODE.name;
    if (one.ready) {
      result.hasAny = true;
      haveLocalReady ||= isLocal;
    } else if (one.serving && one.terminating) {
      result.hasAny = true;
      haveLocalServingTerminating ||= isLocal;
    }
  }
  const here = endpoints.filter(one => one.nodeName === NODE.name);
  if (haveLocalReady) result.local = here.filter(one => one.ready);
  else if (haveLocalServingTerminating) result.local = here.filter(one => one.serving && one.terminating);
  return result;
}

function allowedByHints(endpoints: readonly Endpoint[], candidate: Endpoint): boolean {
  let [allHaveNode, allHaveZone, forNode, forZone] = [true, true, false, false];
  for (const { ready, nodeHints, zoneHints } of endpoints) {
    if (!ready) continue;
    allHaveNode &&= nodeHints.length > 0;
    allHaveZone &&= zoneHints.length > 0;
    forNode ||= nodeHints.includes(NODE.name);
    forZone ||= zoneHints.includes(NODE.zone!);
  }
  if (allHaveNode && forNode) return candidate.nodeHints.includes(NODE.name);
  if (allHaveZone && forZone) return candidate.zoneHints.includes(NODE.zone!);
  return true;
}

it('chooses what kube-proxy chooses', () => {
  fc.assert(
    fc.property(endpointLists, ports, (endpoints, port) => {
      const policies = [
        ...(usesClusterEndpoints(port) ? ['cluster' as const] : []),
        ...(usesLocalEndpoints(port) ? ['local' as const] : []),
      ];
      const { cluster, local, hasEndpoints, leftOut } = categorizeEndpoints(
        { endpoints, duplicates: [] },
        policies,
        NODE,
      );
      const expected = upstream(endpoints, port);
      expect({ cluster, local, hasAny: hasEndpoints }).toEqual(expected);
      // Each endpoint is either used under a policy or left out of it, for one reason.
      const used = { cluster, local };
      for (const policy of policies) {
        const out = leftOut.filter(({ from }) => from === policy).map(one => one.endpoint);
        expect([...used[policy], ...out].toSorted(byAddress)).toEqual(endpoints);
      }
      expect(leftOut.every(({ from }) => policies.includes(from))).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

const byAddress = (a: Endpoint, b: Endpoint): number => (a.address < b.address ? -1 : 1);

it('takes one entry for each address, a live one if there is one, in any order of slices', () => {
  const entries = fc.array(
    fc.record({
      address: fc.constantFrom('10.244.1.1', '10.244.1.01', '10.244.1.2'),
      ready: fc.boolean(),
      serving: fc.boolean(),
      terminating: fc.boolean(),
      nodeName: fc.constantFrom('node-a', 'node-b'),
    }),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 4 }), fc.func(fc.nat()), (all, orderOf) => {
      const slices = all.map((some, i) =>
        endpointSlice({ name: `web-${i}`, addressType: 'IPv4', endpoints: some.map(sliceEndpoint) }),
      );
      const shuffled = slices.toSorted((a, b) => orderOf(a.name) - orderOf(b.name));
      const set = endpointsOf(slices, 'ipv4', '', 'TCP');
      expect(endpointsOf(shuffled, 'ipv4', '', 'TCP')).toEqual(set);
      expect(new Set(set.endpoints.map(one => one.address)).size).toBe(set.endpoints.length);
      expect(set.endpoints.length + set.duplicates.length).toBe(all.flat().length);
      const live = new Set(set.duplicates.filter(one => !one.terminating).map(one => one.address));
      expect(set.endpoints.filter(one => one.terminating && live.has(one.address))).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});
