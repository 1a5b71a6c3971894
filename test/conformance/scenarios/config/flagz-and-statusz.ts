import { http, NODE, restartProxy, scenario, startProxy } from '../../builders.ts';
import type { HttpExpectation } from '../../builders.ts';

const get = (path: string, expect: HttpExpectation) =>
  http({ from: 'client', url: `http://${NODE.v4}:10249${path}`, expect, within: 0 });
const text = { status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' } };
const off = { featureGates: { ComponentFlagz: false, ComponentStatusz: false } };

export default scenario({
  name: '/flagz and /statusz tell flags, version and paths, unless they are turned off',
  why: 'KEP-4828 and KEP-4827: on by default since 1.36, by the gates ComponentFlagz and ComponentStatusz.',
  start: false,
  steps: [
    startProxy({ args: ['--iptables-sync-period=90s', '--boot-id-file=/proc/sys/kernel/random/boot_id'] }),
    // What stands between a name and its value is another thing at each start of kube-proxy, so that nobody parses it.
    get('/flagz', {
      ...text,
      bodyIncludes: [
        '\nkube-proxy flagz\n',
        '\nhostname-override',
        'node-a\n',
        '\niptables-sync-period',
        '1m30s\n',
        '-999\n',
      ],
    }),
    get('/statusz', {
      ...text,
      bodyIncludes: [
        '\nkube-proxy statusz\n',
        '\nBinary version',
        '1.36\n',
        '/configz /flagz /healthz /metrics /proxyMode\n',
      ],
    }),
    restartProxy('SIGTERM', { config: off }),
    get('/flagz', { status: 404 }),
    get('/statusz', { status: 404 }),
    get('/healthz', { status: 200 }),
  ],
});
