import { metric, reaches, scenario, service, slice, startProxy, tamper } from '../../builders.ts';
import { access, file, settings, using, write } from '../../operator.ts';

const directory = file('config-map');
const version = (name: string) => `${directory}/..${name}`;

/** What the kubelet does with a new version of a ConfigMap. */
const publish = (name: string, before: string) => [
  tamper(`mkdir '${version(name)}'`),
  write(`${version(name)}/config.conf`, settings({ nftables: { masqueradeAll: name === '2' } })),
  tamper(
    `ln -s '..${name}' '${directory}/..data_tmp' && mv -T '${directory}/..data_tmp' '${directory}/..data' && rm -rf '${version(before)}'`,
  ),
];

export default scenario({
  name: 'a new version of the ConfigMap that the file is mounted from is taken in',
  why: 'The kubelet replaces a symbolic link beside the file, which kube-proxy does not notice.',
  needs: ['nftables'],
  start: false,
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    access(),
    tamper(`mkdir '${directory}'; ln -s ..data/config.conf '${directory}/config.conf'`),
    ...publish('1', 'none'),
    startProxy({ args: using(`${directory}/config.conf`) }),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { source: 'preserved' }),
    ...publish('2', '1'),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { source: 'masqueraded' }),
    ...publish('3', '2'),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { source: 'preserved' }),
    metric('sluice_configuration_valid', '==', 1),
    tamper(`rm -rf '${directory}'`),
  ],
});
