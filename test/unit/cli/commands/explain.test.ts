import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { PacketExplanation, ServiceExplanation } from '../../../../src/explain/types.ts';
import { FakePrograms } from '../../../fakes/fake-programs.ts';
import { runMain } from '../run-main.ts';

const OBJECTS = `kind: Node
metadata: {name: node-a, labels: {topology.kubernetes.io/zone: zone-a}}
spec: {podCIDRs: [10.244.1.0/24]}
status: {addresses: [{type: InternalIP, address: 192.168.100.1}]}
---
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10], type: NodePort, ports: [{name: http, port: 80, nodePort: 30080}, {name: dns, protocol: UDP, port: 53}]}
---
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: http, port: 8080}, {name: dns, protocol: UDP, port: 5353}]
endpoints:
- {addresses: [10.244.1.10], nodeName: node-a}
- {addresses: [10.244.2.10], nodeName: node-b, conditions: {ready: false}}
---
kind: Service
metadata: {name: other, labels: {service.kubernetes.io/service-proxy-name: x}}
spec: {clusterIP: 10.96.0.50, ports: [{port: 1}]}
---
kind: Service
metadata: {name: db}
spec: {clusterIP: None, ports: [{port: 1}]}
`;

let folder: FakePrograms;
beforeEach(() => {
  folder = new FakePrograms();
  folder.write('objects.yaml', OBJECTS);
});
afterEach(() => folder[Symbol.dispose]());

const explain = (line: string, stdin = '') =>
  runMain(['explain', ...line.split(' '), '-f', folder.file('objects.yaml'), '--node-name=node-a'], stdin);

describe('explain from files', () => {
  it('prints the verdict first, then how it came to that', async () => {
    const { status, stdout, stderr } = await explain('10.244.1.11 10.96.0.10:80 --cluster-cidr=10.244.0.0/16');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(`forwarded to the one endpoint of default/web:http, 10.244.1.10:8080, source kept

  source          10.244.1.11 is in 10.244.0.0/16, and counts as a pod's
                    ip kube-proxy pod-cidrs { 10.244.0.0/16 }
  claim           10.96.0.10:80/TCP is the ClusterIP of default/web:http
                    ip kube-proxy services { 10.96.0.10 . tcp . 80 : goto cluster-tcp-1 }
  traffic-policy  internal traffic policy Cluster: endpoints anywhere
                    chain ip kube-proxy cluster-tcp-1
  masquerade      source kept
  endpoints
    10.244.1.10:8080  node-a (this node)  100 %, source kept
  left out
    10.244.2.10:8080  node-b  not ready
`);
  });

  it('prints all of a Service', async () => {
    const { status, stdout, stderr } = await explain('default/web');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(`default/web is of type NodePort, with 3 ways in: 3 forwarded

default/web:http TCP, IPv4
  ClusterIP 10.96.0.10:80: forwarded to 1 endpoint
    masqueraded: an endpoint that reaches itself
    ip kube-proxy services { 10.96.0.10 . tcp . 80 : goto cluster-tcp-1 }
  NodePort 192.168.100.1:30080: forwarded to 1 endpoint
    masqueraded: all (external traffic policy Cluster)
    ip kube-proxy nodeports { tcp . 30080 : goto nodeport-external-tcp-1 }
  endpoints under policy Cluster
    10.244.1.10:8080  node-a (this node)  100 %
  left out
    10.244.2.10:8080  node-b  not ready

default/web:dns UDP, IPv4
  ClusterIP 10.96.0.10:53: forwarded to 1 endpoint
    masqueraded: an endpoint that reaches itself
    ip kube-proxy services { 10.96.0.10 . udp . 53 : goto cluster-udp-1 }
  endpoints under policy Cluster
    10.244.1.10:5353  node-a (this node)  100 %
  left out
    10.244.2.10:5353  node-b  not ready
`);
  });

  it.each([
    {
      line: 'host default/web:http',
      first: 'forwarded to the one endpoint of default/web:http, 10.244.1.10:8080, source kept',
    },
    {
      line: 'host default/web:53',
      first: 'forwarded to the one endpoint of default/web:dns, 10.244.1.10:5353, source kept',
    },
    {
      line: 'host default/web/udp',
      first: 'forwarded to the one endpoint of default/web:dns, 10.244.1.10:5353, source kept',
    },
    {
      line: 'host default/web:99',
      first: 'rejected: 10.96.0.10 is the ClusterIP of default/web, which has no port 99/TCP',
    },
    {
      line: '10.9.9.9 192.168.100.7:30080 --node-ip=192.168.100.1,192.168.100.7 --nodeport-addresses=192.168.100.0/24',
      first: 'forwarded to the one endpoint of default/web:http, 10.244.1.10:8080, masqueraded',
    },
    {
      line: '10.244.9.9 default/web:http --detect-local-mode=BridgeInterface --pod-bridge-interface=cni0 --from-interface=cni0',
      first: 'forwarded to the one endpoint of default/web:http, 10.244.1.10:8080, source kept',
    },
    {
      line: '10.244.9.9 default/web:http --detect-local-mode=BridgeInterface --pod-bridge-interface=cni0 --from-interface=eth0',
      first: 'forwarded to the one endpoint of default/web:http, 10.244.1.10:8080, masqueraded',
    },
    {
      line: '10.244.9.9 default/web:http --detect-local-mode=BridgeInterface --pod-bridge-interface=cni0',
      first:
        'if it comes in by an interface of a local pod (cni0): forwarded to the one endpoint of default/web:http, 10.244.1.10:8080, source kept',
    },
    {
      line: '10.9.9.9 192.168.100.7:30080 --node-ip=192.168.100.1,192.168.100.7',
      first:
        "not forwarded: 30080 is the NodePort of default/web:http, but 192.168.100.7 is not among nodePortAddresses, by which they are at 192.168.100.1; left to the node's routing",
    },
    {
      line: 'default/db',
      first: 'default/db is headless: DNS tells the addresses of its endpoints, and nothing is forwarded',
    },
    {
      line: 'default/other',
      first: 'default/other is left to another proxy: it has the label service.kubernetes.io/service-proxy-name',
    },
  ])('$line', async ({ line, first }) => {
    const { status, stdout } = await explain(line);
    expect(stdout.split('\n', 1)).toEqual([first]);
    expect(status).toBe(0);
  });

  it.each([
    { line: 'default/api', told: 'sluice: there is no Service default/api in these files\n' },
    { line: 'host default/api:80', told: 'sluice: DESTINATION "default/api:80": there is no Service default/api\n' },
    {
      line: 'host default/other:80',
      told: 'sluice: DESTINATION "default/other:80": there is no Service default/other for this proxy: it has the label of another one\n',
    },
    {
      line: 'host default/db',
      told: 'sluice: DESTINATION "default/db": default/db has no ClusterIP; sluice explain default/db tells more\n',
    },
    {
      line: 'fd00::1 default/web:http',
      told: 'sluice: DESTINATION "default/web:http": default/web has no ClusterIP of the family of the source; sluice explain default/web tells more\n',
    },
    {
      line: 'host default/web',
      told: 'sluice: DESTINATION "default/web": default/web has several ports: default/web:http 80/TCP, default/web:dns 53/UDP\n',
    },
    {
      line: 'host default/web:grpc',
      told: 'sluice: DESTINATION "default/web:grpc": default/web has no such port; it has default/web:http 80/TCP, default/web:dns 53/UDP\n',
    },
    {
      line: 'host 10.96.0.10',
      told: 'sluice: DESTINATION "10.96.0.10" has no port: write 10.96.0.10:PORT (see sluice --help)\n',
    },
  ])('ends with 1 and a line where there is no answer: $line', async ({ line, told }) => {
    expect(await explain(line)).toEqual({ status: 1, stdout: '', stderr: told });
  });

  it('tells what is wrong in objects, and answers all the same', async () => {
    folder.write('objects.yaml', OBJECTS.replace('type: NodePort', 'type: NodePort, externalIPs: [nonsense]'));
    const { status, stdout, stderr } = await explain('host default/web:http');
    expect(status).toBe(0);
    expect(stdout).toContain('forwarded');
    expect(stderr).toBe('Service default/web: spec.externalIPs[0]: "nonsense" is not an IP address\n');
  });

  it('takes the standard input', async () => {
    const { stdout } = await runMain(['explain', 'default/web', '-f', '-'], OBJECTS);
    expect(stdout).toContain('default/web is of type NodePort');
  });
});

describe('explain -o', () => {
  /** docs/explain.md has these. */
  it.each(['json', 'yaml'])('%s of a packet', async output => {
    const { stdout } = await explain(`10.244.1.11 10.96.0.10:80 --cluster-cidr=10.244.0.0/16 -o ${output}`);
    const told = (output === 'json' ? JSON.parse(stdout) : parse(stdout)) as PacketExplanation;
    expect(told.packet).toEqual({
      family: 'ipv4',
      source: '10.244.1.11',
      destination: '10.96.0.10',
      port: 80,
      protocol: 'TCP',
    });
    expect(told.answers).toHaveLength(1);
    expect(told.answers[0]).toMatchObject({
      verdict: 'forwarded',
      summary: 'forwarded to the one endpoint of default/web:http, 10.244.1.10:8080, source kept',
      servicePort: 'default/web:http',
      kind: 'ClusterIP',
      trafficPolicy: 'cluster',
      endpoints: [
        {
          address: '10.244.1.10',
          port: 8080,
          node: 'node-a',
          isLocal: true,
          share: 1,
          isMasqueraded: false,
          notes: [],
        },
      ],
      leftOut: [
        { address: '10.244.2.10', port: 8080, node: 'node-b', from: 'cluster', reason: 'not-ready', says: 'not ready' },
      ],
    });
    expect(told.answers[0]?.steps.map(({ about }) => about)).toEqual([
      'source',
      'claim',
      'traffic-policy',
      'masquerade',
    ]);
  });

  it.each(['json', 'yaml'])('%s of a Service', async output => {
    const { stdout } = await explain(`default/web -o ${output}`);
    const told = (output === 'json' ? JSON.parse(stdout) : parse(stdout)) as ServiceExplanation;
    expect(told).toMatchObject({ service: 'default/web', type: 'NodePort', notes: [] });
    expect(told.ports.map(({ servicePort }) => servicePort)).toEqual(['default/web:http', 'default/web:dns']);
    expect(told.ports[0]?.frontEnds[0]).toMatchObject({
      kind: 'ClusterIP',
      dialled: ['10.96.0.10:80'],
      state: 'forwarded',
    });
  });
});
