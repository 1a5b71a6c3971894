import { runProxy, scenario, tamper } from '../../builders.ts';
import { file, refused, using } from '../../operator.ts';

export default scenario({
  name: 'a configuration file that is not there, is a directory or is empty ends the proxy with status 1',
  why: 'kube-proxy must not go on with defaults when it was given a file that it cannot read or that holds no configuration.',
  needs: ['nftables'],
  start: false,
  steps: [
    runProxy(using(file('missing.yaml')), { exit: 1 }),
    tamper(`mkdir '${file('directory')}'`),
    runProxy(using(file('directory')), { exit: 1 }),
    tamper(`rmdir '${file('directory')}'`),
    ...refused('empty', '', '\n\n', '# nothing but a remark', '---'),
  ],
});
