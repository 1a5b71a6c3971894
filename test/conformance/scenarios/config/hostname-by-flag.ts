import { reaches, restartProxy, runProxy, scenario, service, slice, startProxy, stopProxy } from '../../builders.ts';

const [here, all] = ['pod-a', ['pod-a', 'remote-a']];

export default scenario({
  name: '--hostname-override goes before the file, without blanks and in lower case; a blank one is an error',
  why: 'TestProcessHostnameOverrideFlag: "Hostname from flag", "Hostname with upper case", "Hostname is space". The name decides what is local (E-48), and goes by nothing else.',
  config: { hostnameOverride: 'node-b' },
  start: false,
  objects: [service('web', { ip: '10.96.0.10', internalTrafficPolicy: 'Local' }), slice('web', all)],
  steps: [
    runProxy(['--hostname-override= '], { exit: 1 }),
    startProxy({ args: ['--hostname-override= Node-A '] }),
    reaches('pod-b', '10.96.0.10:80', here, { stable: true }),
    stopProxy(),
    startProxy({ args: ['--hostname-override=node-b'] }),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { stable: true }),
    restartProxy('SIGTERM', { args: ['--hostname-override=node-a'] }),
    reaches('pod-b', '10.96.0.10:80', here, { stable: true }),
  ],
});
