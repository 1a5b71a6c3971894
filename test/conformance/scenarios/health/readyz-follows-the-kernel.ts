import { apply, livez, metric, reaches, readyz, scenario, service, slice, startProxy, tamper } from '../../builders.ts';
import { erase, failsWhile, file, nftThat } from '../../operator.ts';

/** An nft that fails while one file is there, and hangs while another is. */
const [nft, broken, stuck] = [file('readyz-nft'), file('readyz-nft-is-broken'), file('readyz-nft-is-stuck')];
const check = (value: 0 | 1) => metric('sluice_ready', '==', value, { labels: { check: 'kernel-compared' } });

export default scenario({
  name: 'sluice is not ready while the kernel cannot be put right, or has not been compared for too long',
  why: 'What was last known of the kernel must be good and young: the last attempt succeeded, and the last comparison is not older than verifyPeriod, a tenth, and two syncPeriods. A failure shows at once, long before /livez turns.',
  needs: ['nftables'],
  config: { nftables: { syncPeriod: '2s' }, sluice: { nftPath: nft, verifyPeriod: '2s' } },
  start: false,
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    erase(broken, stuck),
    nftThat(nft, `${failsWhile(broken)}\nwhile [ -e '${stuck}' ]; do sleep 0.1; done`),
    startProxy(),
    readyz({ status: 200, bodyIncludes: '[+]kernel-compared ok\n' }),
    check(1),
    tamper(`touch '${broken}'`),
    apply(slice('web', ['pod-b'])),
    readyz({
      status: 503,
      bodyIncludes: '[-]kernel-compared failed: the last attempt to put the kernel right failed\n',
    }),
    check(0),
    readyz({
      status: 503,
      bodyIncludes: '[-]changes-programmed failed: a change has been waiting for longer than two sync periods\n',
    }),
    livez({ status: 503 }, { within: 0 }),
    reaches('client', '10.96.0.10:80', 'pod-a', { within: 0 }),
    erase(broken),
    readyz({ status: 200 }),
    reaches('client', '10.96.0.10:80', 'pod-b', { within: 0 }),
    tamper(`touch '${stuck}'`),
    // Nothing changes: only the comparison is late.
    readyz({ status: 503, bodyIncludes: '[-]kernel-compared failed: last compared with the kernel 6 s ago' }),
    livez({ status: 200 }, { within: 0 }),
    erase(stuck),
    readyz({ status: 200 }),
    erase(nft),
  ],
});
