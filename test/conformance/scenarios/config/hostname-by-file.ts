import { reaches, restartProxy, scenario, service, slice } from '../../builders.ts';

const only = (host: string) => reaches('pod-b', '10.96.0.10:80', host, { attempts: 20 });

export default scenario({
  name: 'hostnameOverride of the file counts where the flag is empty, in lower case',
  why: 'TestProcessHostnameOverrideFlag "Hostname from config file", and the name of the node decides what is local.',
  args: ['--hostname-override='],
  config: { hostnameOverride: 'NODE-A' },
  objects: [service('web', { ip: '10.96.0.10', internalTrafficPolicy: 'Local' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [only('pod-a'), restartProxy('SIGTERM', { config: { hostnameOverride: ' node-b ' } }), only('remote-a')],
});
