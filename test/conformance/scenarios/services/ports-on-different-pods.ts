import { apply, fails, reaches, remove, scenario, service, slice, target, tcp } from '../../builders.ts';

const first = slice('web', ['pod-a'], { name: 'web-first', ports: [target(8080, { name: 'first' })] });
const second = slice('web', ['remote-a'], { name: 'web-second', ports: [target(8081, { name: 'second' })] });

export default scenario({
  name: 'each port of a Service has the endpoints that offer it, and no others',
  why: 'e2e "should serve multiport endpoints from pods": pods may offer only some of the Service\'s named ports, and each port follows its own pods.',
  objects: [
    service('web', { ip: '10.96.0.10', ports: [tcp(80, { name: 'first' }), tcp(81, { name: 'second' })] }),
    first,
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a:8080'),
    fails('pod-b', '10.96.0.10:81', 'refused'),
    apply(second),
    reaches('pod-b', '10.96.0.10:81', 'remote-a:8081'),
    reaches('pod-b', '10.96.0.10:80', 'pod-a:8080', { attempts: 20 }),
    remove(first),
    fails('pod-b', '10.96.0.10:80', 'refused'),
    reaches('pod-b', '10.96.0.10:81', 'remote-a:8081', { attempts: 20 }),
  ],
});
