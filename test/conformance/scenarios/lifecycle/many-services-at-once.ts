import { apply, fails, reaches, remove, scenario, service, settle, slice } from '../../builders.ts';

const backends = ['pod-a', 'remote-a', 'remote-b'];
const many = Array.from({ length: 200 }, (_, i) => ({
  name: `svc-${i}`,
  ip: `10.96.${1 + (i >> 7)}.${1 + (i & 127)}`,
  backend: backends[i % 3] ?? 'pod-a',
}));
const services = many.map(({ name, ip }) => service(name, { ip }));

export default scenario({
  name: '200 Services created at once all work, and all go',
  why: 'Bursts of changes are batched, and none may be lost.',
  steps: [
    apply(...services, ...many.map(({ name, backend }) => slice(name, [backend]))),
    settle(),
    ...many.map(({ ip, backend }) => reaches('pod-b', `${ip}:80`, backend, { attempts: 1, within: 5 })),
    remove(...services),
    settle(),
    ...many.filter((_, i) => i % 20 === 0).map(({ ip }) => fails('pod-b', `${ip}:80`, 'unreachable')),
  ],
});
