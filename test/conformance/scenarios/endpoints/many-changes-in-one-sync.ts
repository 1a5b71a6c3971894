import { apply, fails, reaches, remove, scenario, service, slice, target, tcp } from '../../builders.ts';

const NUMBERS = { p1: 8080, p2: 8081, p3: 8443 };
type Port = keyof typeof NUMBERS;
const web = (name: string, ip: string) =>
  service(name, { ip, ports: ['p1', 'p2', 'p3'].map((port, i) => tcp(80 + i, { name: port })) });
const part = (of: string, n: number, endpoints: string[], ...names: Port[]) =>
  slice(of, endpoints, { name: `${of}-${n}`, ports: names.map(name => target(NUMBERS[name], { name })) });

export default scenario({
  name: 'slices that appear, change and go at once are sorted out',
  why: 'upstream: TestUpdateEndpointsMap (complex add and remove). Endpoints and ports are gained and lost in several slices of several Services within one sync.',
  objects: [
    web('a', '10.96.0.10'),
    web('b', '10.96.0.11'),
    web('c', '10.96.0.12'),
    part('a', 1, ['pod-a'], 'p1'),
    part('b', 1, ['pod-a', 'remote-a'], 'p1'),
    part('b', 2, ['remote-b'], 'p2'),
    part('b', 3, ['remote-b'], 'p3'),
  ],
  steps: [
    reaches('pod-b', '10.96.0.11:81', 'remote-b:8081'),
    apply(
      part('a', 1, ['pod-a', 'remote-a'], 'p1'),
      part('a', 2, ['remote-b'], 'p2', 'p3'),
      part('c', 1, ['pod-a'], 'p3'),
    ),
    remove(part('b', 2, [])),
    apply(part('b', 1, ['remote-a'], 'p1', 'p2')),
    remove(part('b', 3, [])),
    reaches('pod-b', '10.96.0.10:80', ['pod-a:8080', 'remote-a:8080']),
    reaches('pod-b', '10.96.0.10:81', 'remote-b:8081'),
    reaches('pod-b', '10.96.0.10:82', 'remote-b:8443'),
    reaches('pod-b', '10.96.0.11:80', 'remote-a:8080', { attempts: 20 }),
    reaches('pod-b', '10.96.0.11:81', 'remote-a:8081', { attempts: 20 }),
    fails('pod-b', '10.96.0.11:82', 'refused'),
    fails('pod-b', '10.96.0.12:80', 'refused'),
    reaches('pod-b', '10.96.0.12:82', 'pod-a:8443'),
  ],
});
