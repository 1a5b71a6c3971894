import { reaches, scenario, service, slice, target, tcp } from '../../builders.ts';

const namespace = 'n'.repeat(63);
const name = 's'.repeat(63);
const first = 'a'.padStart(63, 'p');
const second = 'b'.padStart(63, 'p');

export default scenario({
  name: 'names of full length work',
  why: 'Namespace, Service and port names may have 63 characters each and must not collide or overflow in the data plane.',
  objects: [
    service(name, { ip: '10.96.0.10', namespace, ports: [tcp(80, { name: first }), tcp(81, { name: second })] }),
    slice(name, ['pod-a'], {
      namespace,
      name: `${name.slice(0, 50)}-x`,
      ports: [target(8080, { name: first }), target(8081, { name: second })],
    }),
  ],
  steps: [reaches('pod-b', '10.96.0.10:80', 'pod-a:8080'), reaches('pod-b', '10.96.0.10:81', 'pod-a:8081')],
});
