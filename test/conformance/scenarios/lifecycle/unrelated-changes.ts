import { apply, longConnection, remove, scenario, service, settle, slice, traffic } from '../../builders.ts';

const others = Array.from({ length: 8 }, (_, i) => service(`other-${i}`, { ip: `10.96.1.${i + 1}` }));

export default scenario({
  name: 'changes to other Services do not disturb traffic',
  why: 'Every update of the rules is atomic; connections must never meet half of them.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    longConnection('open', { from: 'pod-b', to: '10.96.0.10:80' }),
    traffic.start('new', { from: 'pod-b', to: '10.96.0.10:80', period: 5 }),
    ...others.flatMap((other, i) => [
      apply(other, slice(other.metadata.name, ['pod-a', 'remote-b'].slice(i % 2))),
      settle(),
    ]),
    ...others.flatMap(other => [remove(other), settle()]),
    traffic.stop('new', { atLeast: 100 }),
    longConnection('open', { within: 0 }),
  ],
});
