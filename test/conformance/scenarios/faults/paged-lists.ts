import { api, apply, reaches, scenario, service, slice } from '../../builders.ts';

const names = Array.from({ length: 9 }, (_, i) => `web-${i}`);
const addressOf = (name: string) => `10.96.1.${1 + names.indexOf(name)}`;

export default scenario({
  name: 'lists that come in pages are read to the end',
  why: 'A client that gives a limit must follow the continue tokens; pages may be smaller than the limit.',
  objects: names.flatMap(name => [service(name, { ip: addressOf(name) }), slice(name, ['pod-a'])]),
  steps: [
    api.pageSize(2),
    api.expire(),
    apply(service('new', { ip: '10.96.0.10' }), slice('new', ['pod-a'])),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { within: 20 }),
    ...names.map(name => reaches('pod-b', `${addressOf(name)}:80`, 'pod-a', { attempts: 1, stable: true })),
  ],
});
