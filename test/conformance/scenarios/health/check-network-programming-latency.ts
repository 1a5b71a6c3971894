import { apply, metric, remove, scenario, service, settle, sleep, slice } from '../../builders.ts';

/** A slice with the annotation that tells when its change was triggered. */
const stamped = (of: string, endpoints: string[], at: string) => {
  const made = slice(of, endpoints);
  return {
    ...made,
    metadata: { ...made.metadata, annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': at } },
  };
};
/** Applies slices that are stamped with the time of the step itself. */
const applyNow = (...changes: [string, string[]][]) => ({
  ...apply(),
  get objects() {
    return changes.map(([of, endpoints]) => stamped(of, endpoints, new Date().toISOString()));
  },
});
const counts = (value: number) => [
  settle(),
  sleep(0.5),
  metric('kubeproxy_network_programming_duration_seconds_count', '==', value),
];

export default scenario({
  name: 'each change of a slice with a trigger time is observed once, when it is programmed',
  why: 'upstream: TestLastChangeTriggerTime. Times before the start of the proxy, malformed or missing ones and those of removed slices are not observed.',
  objects: [
    service('web', { ip: '10.96.0.10' }),
    stamped('web', ['pod-a'], '2018-01-01T00:00:00Z'),
    service('api', { ip: '10.96.0.11' }),
    service('gone', { ip: '10.96.0.12' }),
  ],
  steps: [
    applyNow(['web', ['pod-a', 'remote-a']]),
    ...counts(1),
    applyNow(['web', ['remote-a']], ['api', ['pod-a']]),
    ...counts(3),
    apply(slice('web', ['pod-a'])),
    ...counts(3),
    apply(stamped('web', ['remote-a'], 'yesterday')),
    ...counts(3),
    apply(stamped('web', ['pod-a'], '2018-01-01T00:00:00.123456789Z')),
    ...counts(3),
    applyNow(['gone', ['pod-a']]),
    remove(slice('gone', [])),
    ...counts(3),
    applyNow(['web', ['pod-a', 'remote-b']]),
    ...counts(4),
  ],
});
