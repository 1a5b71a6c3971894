import { apply, fails, reaches, scenario, service, slice, target, tcp, udp } from '../../builders.ts';

const ports = [target(8080, { name: 'http' }), target(8081, { name: 'udp', protocol: 'UDP' })];
const web = (hosts: string[], family: 'v4' | 'v6') => slice('web', hosts, { ports, family });
const v4 = '10.96.0.10';
const v6 = '[fd00:10:96::10]';
const serve = (ip: string, hosts: string[]) => [
  reaches('client', `${ip}:80`, hosts),
  reaches('pod-b', `${ip}:90`, hosts, { proto: 'udp' }),
];

export default scenario({
  name: 'endpoints of the second family come and go without touching the first',
  why: 'e2e "Services Secondary IP Family should update endpoints: http" and "… udp".',
  needs: ['ipv6'],
  objects: [
    service('web', { ip: [v4, 'fd00:10:96::10'], ports: [tcp(80, { name: 'http' }), udp(90, { name: 'udp' })] }),
    web(['pod-a', 'remote-a'], 'v4'),
    web(['pod-a', 'remote-a'], 'v6'),
  ],
  steps: [
    ...serve(v6, ['pod-a', 'remote-a']),
    ...serve(v4, ['pod-a', 'remote-a']),
    apply(web(['remote-a'], 'v6')),
    ...serve(v6, ['remote-a']),
    ...serve(v4, ['pod-a', 'remote-a']),
    apply(web([], 'v6')),
    fails('client', `${v6}:80`, 'refused'),
    fails('pod-b', `${v6}:90`, 'refused', { proto: 'udp' }),
    ...serve(v4, ['pod-a', 'remote-a']),
    apply(web(['remote-b'], 'v6')),
    ...serve(v6, ['remote-b']),
  ],
});
