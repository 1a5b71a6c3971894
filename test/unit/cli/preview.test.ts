import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { nodeSettingsOf } from '../../../src/cli/node-settings.ts';
import { Preview } from '../../../src/cli/preview.ts';
import { FAMILIES } from '../../../src/model/ip.ts';
import { ServiceIndex } from '../../../src/model/service-index.ts';
import { ADDRESSES } from '../../support/addresses.ts';
import { endpointSlice, node, service, sliceEndpoint } from '../../support/builders.ts';
import { configuration } from '../../support/configuration.ts';

const { podA, podB } = ADDRESSES.ipv4;

/** An index of `default/web` at 10.96.0.10 with an endpoint, and its preview. */
function setUp(fields = '') {
  const index = new ServiceIndex();
  index.setService(service());
  index.setSlice(endpointSlice({ endpoints: [sliceEndpoint()] }));
  const settings = nodeSettingsOf(configuration(fields), 'node-a', node(), FAMILIES);
  return { index, preview: new Preview(index, settings, ['10.96.0.0/16', 'fd00:10:96::/112']) };
}

describe('Preview.print', () => {
  it('as nft: the ruleset of both families, with the entries of the node', () => {
    const text = setUp('clusterCIDR: 10.244.0.0/16').preview.print('nft');
    expect(text).toContain('add table ip kube-proxy\n');
    expect(text).toContain('add table ip6 kube-proxy\n');
    expect(text).toContain('add element ip kube-proxy services {\n  10.96.0.10 . tcp . 80 : goto cluster-tcp-1\n}\n');
    expect(text).toContain('add element ip kube-proxy service-cidrs {\n  10.96.0.0/16\n}\n');
    expect(text).toContain('add element ip6 kube-proxy service-cidrs {\n  fd00:10:96::/112\n}\n');
    expect(text).toContain('add element ip kube-proxy pod-cidrs {\n  10.244.0.0/16\n}\n');
    expect(text).toContain(`add element ip kube-proxy nodeport-ips {\n  ${ADDRESSES.ipv4.node}\n}\n`);
  });

  it('as nft in mode ipvs: elements that lead to IPVS, the guard against ARP, and routes', () => {
    const text = setUp('{mode: ipvs, ipvs: {serviceCIDRs: [10.97.0.0/16]}}').preview.print('nft');
    expect(text).toContain('add element ip kube-proxy services {\n  10.96.0.10 . tcp . 80 : return\n}\n');
    expect(text).toContain('    elements = { 10.96.0.0/16, 10.97.0.0/16 }\n');
    expect(text).toContain(
      `# ip route add local 10.97.0.0/16 dev lo table local proto 107 metric 10700 src ${ADDRESSES.ipv4.node}\n`,
    );
    expect(text).not.toMatch(/: 10\.244\./);
  });

  it('as ipvs: lines for ipvsadm, and none of anything else', () => {
    const lines = setUp('{mode: ipvs, ipvs: {scheduler: sh}}').preview.print('ipvs').split('\n');
    expect(lines).toEqual([
      '-A -t 10.96.0.10:80 -s sh -b sh-fallback',
      `-a -t 10.96.0.10:80 -r ${podA}:8080 -m -w 1`,
      '',
    ]);
  });

  it('as JSON: the elements', () => {
    const { nftables } = JSON.parse(setUp().preview.print('json')) as { nftables: unknown[] };
    expect(nftables).toContainEqual({
      add: {
        element: {
          family: 'ip',
          table: 'kube-proxy',
          name: 'services',
          elem: [[{ concat: ['10.96.0.10', 'tcp', 80] }, { goto: { target: 'cluster-tcp-1' } }]],
        },
      },
    });
  });

  it('as plan: the Services by name, each in the families that proxy it', () => {
    const { index } = setUp();
    index.setService(service({ name: 'api', clusterIPs: ['fd00:10:96::11', '10.96.0.11'] }));
    index.setService(service({ name: 'headless', clusterIP: 'None' }));
    const preview = new Preview(index, nodeSettingsOf(configuration(), 'node-a', node(), FAMILIES), []);
    const plans = parse(preview.print('plan')) as { service: string; family: string }[];
    expect(plans.map(({ service, family }) => `${service} ${family}`)).toEqual([
      'default/api ipv4',
      'default/api ipv6',
      'default/web ipv4',
    ]);
    expect(plans[2]).toMatchObject({
      ports: [
        { clusterEndpoints: [{ address: podA, port: 8080, isLocal: true }], virtualServers: [{ kind: 'ClusterIP' }] },
      ],
    });
  });

  it('as plan without Services: a list without any', () => {
    const preview = new Preview(new ServiceIndex(), nodeSettingsOf(configuration(), 'n', undefined, FAMILIES), []);
    expect(parse(preview.print('plan'))).toEqual([]);
  });
});

describe('Preview.stage', () => {
  it('is nothing where nothing changed', () => {
    const { preview } = setUp();
    expect(preview.stage(['default/web', 'default/unknown'])).toBe('');
  });

  it('is the transaction of a change, and the ruleset follows it', () => {
    const { index, preview } = setUp();
    const endpoints = [sliceEndpoint(), sliceEndpoint({ address: podB })];
    expect(preview.stage(index.setSlice(endpointSlice({ endpoints })))).toBe(
      [
        'add chain ip kube-proxy cluster-tcp-2\nflush chain ip kube-proxy cluster-tcp-2\n',
        'add rule ip kube-proxy cluster-tcp-2 dnat ip to numgen random mod 2 . ip daddr . tcp dport map @endpoints-tcp\n',
        'add rule ip kube-proxy cluster-tcp-2 dnat ip to numgen random mod 1 . ip daddr . tcp dport map @endpoints-tcp\n',
        'delete element ip kube-proxy services {\n  10.96.0.10 . tcp . 80\n}\n',
        `add element ip kube-proxy endpoints-tcp {\n  1 . 10.96.0.10 . 80 : ${podB} . 8080\n}\n`,
        'add element ip kube-proxy services {\n  10.96.0.10 . tcp . 80 : goto cluster-tcp-2\n}\n',
        `add element ip kube-proxy hairpin {\n  ${podB} . ${podB} . tcp . 8080\n}\n`,
      ].join(''),
    );
    expect(preview.print('nft')).toContain('add chain ip kube-proxy cluster-tcp-2\n');
  });

  it('takes a Service away, and names one that is named twice once', () => {
    const { index, preview } = setUp();
    index.deleteService('default/web');
    const transaction = preview.stage(['default/web', 'default/web']);
    expect(transaction).toContain('delete element ip kube-proxy services {\n  10.96.0.10 . tcp . 80\n}\n');
    expect(transaction).not.toContain('add ');
    expect(transaction.match(/services/g)).toHaveLength(1);
  });
});

describe('Preview.problems', () => {
  it('tells what is wrong once, though both families see it, and again and again', () => {
    const { index, preview } = setUp();
    expect(preview.problems).toEqual([]);
    preview.stage(
      index.setService(service({ clusterIPs: ['10.96.0.10', 'fd00:10:96::10'], externalIPs: ['nonsense'] })),
    );
    preview.stage(['default/web']);
    expect(preview.problems).toMatchObject([{ object: 'Service default/web', field: 'spec.externalIPs[0]' }]);
  });
});
