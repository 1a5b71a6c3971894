import { describe, expect, it } from 'vitest';
import { formatCidr, parseCidr } from '../../../src/model/ip.ts';
import type { ServicePort } from '../../../src/model/service-port.ts';
import type { VirtualServer } from '../../../src/plan/types.ts';
import { allowedSources, type Forwarding, virtualServersOf } from '../../../src/plan/virtual-server.ts';
import { ADDRESSES } from '../../support/addresses.ts';
import { nodeView, servicePort } from '../../support/builders.ts';

const cidrs = (...texts: string[]) => texts.map(text => parseCidr(text)!);

describe.each(['ipv4', 'ipv6'] as const)('in %s', family => {
  const stage = ADDRESSES[family];
  const { clusterIP, externalIP, loadBalancerIP } = stage;
  const here: Forwarding = { hasEndpoints: true, localEndpoints: [{ address: stage.podA, port: 8080, isLocal: true }] };
  const elsewhere: Forwarding = { hasEndpoints: true, localEndpoints: [] };
  const nowhere: Forwarding = { hasEndpoints: false, localEndpoints: [] };
  const all: Partial<ServicePort> = { nodePort: 30_080, externalIPs: [externalIP], loadBalancerIPs: [loadBalancerIP] };
  const common = { protocol: 'TCP', sourceRanges: undefined } as const;
  const make = (given: Partial<ServicePort>, forwarding: Forwarding) =>
    virtualServersOf(servicePort({ clusterIP, ...given }), forwarding, undefined);

  type Behaviour = Pick<VirtualServer, 'forward' | 'unavailable' | 'masquerade'>;
  const cluster: Behaviour = { forward: 'cluster', unavailable: undefined, masquerade: false };
  const local: Behaviour = { forward: 'local', unavailable: undefined, masquerade: false };
  const masqueraded: Behaviour = { ...cluster, masquerade: true };
  const rejected: Behaviour = { forward: 'none', unavailable: 'reject', masquerade: false };
  const dropped: Behaviour = { ...rejected, unavailable: 'drop' };
  const shortCuts: Behaviour = { ...local, unavailable: 'drop' };

  // 4.7 items 2 to 5 and 4.17. `name` tells the internal and the external policy.
  it.each([
    { name: 'Cluster, Cluster', policies: {}, who: 'here', forwarding: here, internal: cluster, external: masqueraded },
    {
      name: 'Cluster, Cluster (E-38)',
      policies: {},
      who: 'elsewhere',
      forwarding: elsewhere,
      internal: cluster,
      external: masqueraded,
    },
    {
      name: 'Cluster, Cluster',
      policies: {},
      who: 'nowhere',
      forwarding: nowhere,
      internal: rejected,
      external: rejected,
    },
    {
      name: 'Local, Cluster (E-33)',
      policies: { internalTrafficPolicy: 'local' },
      who: 'here',
      forwarding: here,
      internal: local,
      external: masqueraded,
    },
    {
      name: 'Local, Cluster (E-34)',
      policies: { internalTrafficPolicy: 'local' },
      who: 'elsewhere',
      forwarding: elsewhere,
      internal: dropped,
      external: masqueraded,
    },
    {
      name: 'Local, Cluster (E-34)',
      policies: { internalTrafficPolicy: 'local' },
      who: 'nowhere',
      forwarding: nowhere,
      internal: rejected,
      external: rejected,
    },
    {
      name: 'Cluster, Local (E-32)',
      policies: { externalTrafficPolicy: 'local' },
      who: 'here',
      forwarding: here,
      internal: cluster,
      external: local,
    },
    {
      name: 'Cluster, Local (E-31)',
      policies: { externalTrafficPolicy: 'local' },
      who: 'elsewhere',
      forwarding: elsewhere,
      internal: cluster,
      external: shortCuts,
    },
    {
      name: 'Cluster, Local',
      policies: { externalTrafficPolicy: 'local' },
      who: 'nowhere',
      forwarding: nowhere,
      internal: rejected,
      external: rejected,
    },
    {
      name: 'Local, Local',
      policies: { internalTrafficPolicy: 'local', externalTrafficPolicy: 'local' },
      who: 'here',
      forwarding: here,
      internal: local,
      external: local,
    },
    {
      name: 'Local, Local',
      policies: { internalTrafficPolicy: 'local', externalTrafficPolicy: 'local' },
      who: 'elsewhere',
      forwarding: elsewhere,
      internal: dropped,
      external: shortCuts,
    },
    {
      name: 'Local, Local',
      policies: { internalTrafficPolicy: 'local', externalTrafficPolicy: 'local' },
      who: 'nowhere',
      forwarding: nowhere,
      internal: rejected,
      external: rejected,
    },
  ] as const)('policies $name, endpoints $who', ({ policies, forwarding, internal, external }) => {
    expect(make({ ...all, ...policies }, forwarding)).toEqual([
      { kind: 'ClusterIP', address: clusterIP, port: 80, ...common, ...internal },
      { kind: 'ExternalIP', address: externalIP, port: 80, ...common, ...external },
      { kind: 'LoadBalancer', address: loadBalancerIP, port: 80, ...common, ...external },
      { kind: 'NodePort', address: undefined, port: 30_080, ...common, ...external },
    ]);
  });

  it('makes one for each address, in order, and none where there is none', () => {
    const given = {
      externalIPs: [stage.otherExternalIP, externalIP],
      loadBalancerIPs: [stage.otherLoadBalancerIP, loadBalancerIP],
    };
    expect(make(given, here).map(({ kind, address }) => `${kind} ${address}`)).toEqual([
      `ClusterIP ${clusterIP}`,
      `ExternalIP ${stage.otherExternalIP}`,
      `ExternalIP ${externalIP}`,
      `LoadBalancer ${stage.otherLoadBalancerIP}`,
      `LoadBalancer ${loadBalancerIP}`,
    ]);
    expect(make({}, here).map(({ kind }) => kind)).toEqual(['ClusterIP']);
  });

  it.each(['TCP', 'UDP', 'SCTP'] as const)('is of the protocol of the port: %s', protocol => {
    expect(make({ ...all, protocol }, here).map(one => one.protocol)).toEqual(
      Array.from({ length: 4 }, () => protocol),
    );
  });

  it('puts source ranges on load balancer IPs only, with endpoints and without', () => {
    const ranges = cidrs(stage.lan);
    for (const forwarding of [here, elsewhere, nowhere]) {
      const servers = virtualServersOf(servicePort({ clusterIP, ...all }), forwarding, ranges);
      expect(servers.map(({ kind, sourceRanges }) => [kind, sourceRanges])).toEqual([
        ['ClusterIP', undefined],
        ['ExternalIP', undefined],
        ['LoadBalancer', ranges],
        ['NodePort', undefined],
      ]);
    }
  });

  it('gives an address of several kinds to the last kind, as kube-proxy does', () => {
    const given = { ...all, externalIPs: [clusterIP, loadBalancerIP] };
    const servers = virtualServersOf(servicePort({ clusterIP, ...given }), here, cidrs(stage.lan));
    expect(servers.map(({ kind, address, masquerade }) => [kind, address, masquerade])).toEqual([
      ['ExternalIP', clusterIP, true],
      ['LoadBalancer', loadBalancerIP, true],
      ['NodePort', undefined, true],
    ]);
  });

  describe('allowedSources (4.7 item 6)', () => {
    const view = nodeView();
    const bits = family === 'ipv4' ? 32 : 128;
    const vips = [stage.loadBalancerIP, stage.otherLoadBalancerIP];
    const ownVips = vips.map(vip => `${vip}/${bits}`);

    it.each([
      { name: 'no ranges', ranges: [], node: view, allowed: undefined },
      { name: 'the node outside', ranges: [stage.elsewhere], node: view, allowed: [stage.elsewhere] },
      { name: 'the node inside', ranges: [stage.lan], node: view, allowed: [stage.lan, ...ownVips] },
      {
        name: 'exactly the node',
        ranges: [`${stage.node}/${bits}`],
        node: view,
        allowed: [`${stage.node}/${bits}`, ...ownVips],
      },
      {
        name: 'the node in one of several',
        ranges: [stage.elsewhere, stage.lan],
        node: view,
        allowed: [stage.elsewhere, stage.lan, ...ownVips],
      },
      {
        name: 'another client only',
        ranges: [`${stage.client}/${bits}`],
        node: view,
        allowed: [`${stage.client}/${bits}`],
      },
      {
        name: 'a node without an address',
        ranges: [stage.lan],
        node: nodeView({ addresses: { ipv4: undefined, ipv6: undefined } }),
        allowed: [stage.lan],
      },
      {
        name: 'ranges within ranges',
        ranges: [`${stage.client}/${bits}`, stage.lan],
        node: view,
        allowed: [stage.lan, ...ownVips],
      },
      {
        name: 'everybody',
        ranges: [family === 'ipv4' ? '0.0.0.0/0' : '::/0'],
        node: view,
        allowed: [family === 'ipv4' ? '0.0.0.0/0' : '::/0'],
      },
    ])('$name', ({ ranges, node, allowed }) => {
      const found = allowedSources({ sourceRanges: cidrs(...ranges), loadBalancerIPs: vips }, family, node);
      expect(found?.map(formatCidr).toSorted()).toEqual(allowed?.toSorted());
    });

    it('has no use for ranges without a load balancer IP', () => {
      expect(allowedSources({ sourceRanges: cidrs(stage.lan), loadBalancerIPs: [] }, family, view)).toBeUndefined();
    });
  });
});
