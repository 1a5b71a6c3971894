import { apply, reaches, scenario, service, settle, sleep, slice, startProxy, tamper } from '../../builders.ts';
import { access, erase, file, settings, using, write } from '../../operator.ts';

const path = file('touched.yaml');
const web = (...pods: string[]) => apply(slice('web', pods));

export default scenario({
  name: 'reading, touching or removing the configuration file does not disturb the proxy',
  why: 'TestConfigChange, source behaviour: only writes and renames count; the file is not needed any more once it is read.',
  needs: ['nftables'],
  start: false,
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    access(),
    write(path, settings()),
    startProxy({ args: using(path) }),
    tamper(
      `cat '${path}' >/dev/null; chmod 600 '${path}'; touch '${path}'; ln '${path}' '${path}.link'; rm '${path}.link'`,
    ),
    sleep(1),
    web('remote-a'),
    reaches('pod-b', '10.96.0.10:80', 'remote-a'),
    erase(path),
    sleep(1),
    web('pod-a'),
    settle(),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
  ],
});
