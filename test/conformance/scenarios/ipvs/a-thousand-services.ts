import { apply, reaches, remove, restartProxy, scenario, service, settle, slice, tamper } from '../../builders.ts';

const COUNT = 1000;
const numbers = Array.from({ length: COUNT }, (_, i) => i + 1);
const addressOf = (i: number) => `10.96.${1 + Math.floor(i / 250)}.${1 + (i % 250)}`;
const serviceOf = (i: number) => service(`web-${i}`, { ip: addressOf(i) });
const sliceOf = (i: number, ...hosts: string[]) => slice(`web-${i}`, hosts);
const samples = [1, 500, COUNT];
/** Besides those of the harness itself. The kernel does not list them as of one moment, so that it is asked until it is right. */
const has = (servers: number, endpoints: number) =>
  tamper(
    [
      'count() { ipvsadm -Sn | grep -c -- "^$1 -t 10[.]96[.][1-5][.]"; }',
      `for try in 1 2 3 4 5; do [ "$(count -A)/$(count -a)" = ${servers}/${endpoints} ] && exit; sleep 2; done`,
      'echo "$(count -A) virtual servers, $(count -a) endpoints"; exit 1',
    ].join('\n'),
  );

export default scenario({
  name: 'a thousand Services come, change, outlast a restart and go',
  why: 'The cost of a change is that of its Service; all of them are read at a restart.',
  needs: ['ipvs'],
  objects: numbers.flatMap(i => [serviceOf(i), sliceOf(i, 'pod-a', 'remote-a')]),
  steps: [
    ...samples.map(i => reaches('pod-b', `${addressOf(i)}:80`, ['pod-a', 'remote-a'])),
    has(COUNT, 2 * COUNT),
    apply(sliceOf(COUNT, 'remote-b')),
    reaches('pod-b', `${addressOf(COUNT)}:80`, 'remote-b', { stable: true }),
    restartProxy(),
    has(COUNT, 2 * COUNT - 1),
    ...samples.slice(0, 2).map(i => reaches('pod-b', `${addressOf(i)}:80`, ['pod-a', 'remote-a'])),
    remove(...numbers.slice(1).flatMap(i => [serviceOf(i), sliceOf(i)])),
    settle(),
    has(1, 2),
    reaches('pod-b', `${addressOf(1)}:80`, ['pod-a', 'remote-a']),
  ],
});
