import {
  apply,
  healthCheck,
  healthz,
  livez,
  metric,
  reaches,
  scenario,
  service,
  sleep,
  slice,
  startProxy,
  tamper,
  tcp,
} from '../../builders.ts';
import { erase, failsWhile, file, nftThat } from '../../operator.ts';

/** An nft that fails while a file is there. */
const [nft, broken] = [file('health-nft'), file('health-nft-is-broken')];
const families = (healthy: boolean) => ({ IPv4: { healthy }, IPv6: { healthy } });

export default scenario({
  name: 'a proxy whose changes do not get through for two sync periods is not healthy, until they do',
  why: 'TestHealthzServer: unhealthy is who has a change waiting for longer than twice the syncPeriod, in any family; not who has had nothing to do for long. What is in force stays, and the change is not forgotten.',
  needs: ['nftables'],
  config: { nftables: { syncPeriod: '1s' }, sluice: { nftPath: nft } },
  start: false,
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a']),
  ],
  steps: [
    erase(broken),
    nftThat(nft, failsWhile(broken)),
    startProxy(),
    sleep(3),
    healthz({ status: 200, json: { healthy: true, nodeEligible: true, status: families(true) } }, { within: 0 }),
    tamper(`touch '${broken}'`),
    apply(slice('web', ['pod-b'])),
    healthz({ status: 503, json: { healthy: false, nodeEligible: true, status: families(false) } }),
    livez({ status: 503, json: { healthy: false } }),
    healthCheck(32080, { status: 503, json: { serviceProxyHealthy: false } }),
    metric('kubeproxy_sync_proxy_rules_nftables_sync_failures_total', '>=', 1),
    reaches('client', '203.0.113.20:80', 'pod-a', { within: 0 }),
    erase(broken),
    healthz({ status: 200, json: { healthy: true, status: families(true) } }),
    reaches('client', '203.0.113.20:80', 'pod-b', { source: 'preserved' }),
    healthCheck(32080, { status: 200, json: { localEndpoints: 1, serviceProxyHealthy: true } }),
    erase(nft),
  ],
});
