import { reaches, restartProxy, scenario, service, slice, startProxy, stopProxy } from '../../builders.ts';

export default scenario({
  name: 'logging may be set by the file and by flags',
  why: 'TestOptionsComplete: verbosity, modules and format are taken from the file, and flags that are given go before it.',
  config: { logging: { format: 'json', verbosity: 4, flushFrequency: '1s' } },
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    stopProxy(),
    startProxy({
      config: { logging: { format: 'json', vmodule: [{ filePattern: 'proxier', verbosity: 5 }] } },
      args: ['--logging-format=text'],
    }),
    restartProxy('SIGTERM', {
      config: { logging: { format: 'json' } },
      args: ['--logging-format=text', '-v', '1', '--vmodule=server=3,proxier=2', '--log-flush-frequency=2s'],
    }),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
  ],
});
