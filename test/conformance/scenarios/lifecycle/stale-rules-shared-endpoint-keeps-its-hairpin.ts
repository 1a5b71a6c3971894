import { apply, reaches, remove, scenario, service, settle, slice } from '../../builders.ts';

const web = (n: number) => service(`s${n}`, { ip: `10.96.0.1${n}` });
const [one, two, three] = [web(1), web(2), web(3)];
const self = (ip: string) => reaches('pod-a', `${ip}:80`, 'pod-a', { source: 'masqueraded', attempts: 20 });

export default scenario({
  name: 'an endpoint that one Service gives up still reaches itself through the others',
  why: 'upstream: TestSyncProxyRulesRepeated (hairpin connections). What several Services put into the rules for one endpoint stays until the last of them is done with it.',
  objects: [one, slice('s1', ['pod-a']), two, slice('s2', ['pod-a']), three, slice('s3', ['pod-a', 'remote-a'])],
  steps: [
    self('10.96.0.11'),
    self('10.96.0.12'),
    remove(one),
    settle(),
    self('10.96.0.12'),
    apply(slice('s3', ['remote-a'])),
    settle(),
    self('10.96.0.12'),
    apply(slice('s3', ['pod-a']), slice('s2', [])),
    settle(),
    self('10.96.0.13'),
    apply(slice('s3', [])),
    settle(),
    apply(slice('s2', ['pod-a'])),
    settle(),
    self('10.96.0.12'),
  ],
});
