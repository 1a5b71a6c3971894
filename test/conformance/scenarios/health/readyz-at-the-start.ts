import { api, livez, reaches, readyz, scenario, service, slice, startProxy } from '../../builders.ts';

const SYNCED = ['nodes', 'services', 'endpointslices', 'servicecidrs'].map(resource => `[+]${resource}-synced ok\n`);

export default scenario({
  name: 'sluice is ready once it has received all and compared the kernel, and stays so when the API server is lost',
  why: 'A rollout may go on, and a node be used, when its Services are in force. Until then /readyz says what is missing; /livez must not have the pod restarted meanwhile.',
  start: false,
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    api.stop(),
    startProxy({ wait: false }),
    readyz({
      status: 503,
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      bodyIncludes: [
        '[-]nodes-synced failed: no full state received yet; ',
        '[-]services-synced failed: no full state received yet; ',
        '[-]kernel-compared failed: not compared with the kernel yet\n',
        '[+]changes-programmed ok\n',
        'readyz check failed\n',
      ],
    }),
    livez({ status: 200 }),
    api.start(),
    readyz(
      { status: 200, bodyIncludes: [...SYNCED, '[+]kernel-compared ok\n', 'readyz check passed\n'] },
      { within: 30 },
    ),
    // It is ready when it is in force, and not before.
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { within: 0 }),
    api.stop(),
    readyz({ status: 200 }, { stable: true }),
  ],
});
