import { reaches, scenario, service, slice } from '../../builders.ts';

const direct = {
  v4: { 'pod-a': '10.244.1.10:8080', 'remote-a': '10.244.2.10:8080' },
  v6: { 'pod-a': '[fd00:10:244:1::10]:8080', 'remote-a': '[fd00:10:244:2::10]:8080' },
};

export default scenario({
  name: 'traffic straight to pods keeps its source, even with masqueradeAll',
  why: 'e2e "Should be able to send traffic between Pods without SNAT": what does not go through a Service is not touched, although the pods are endpoints.',
  config: { nftables: { masqueradeAll: true }, iptables: { masqueradeAll: true } },
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'] }),
    slice('web', ['pod-a', 'remote-a']),
    slice('web', ['pod-a', 'remote-a'], { family: 'v6' }),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    ...['pod-b', 'client'].flatMap(from =>
      Object.values(direct).flatMap(addresses =>
        Object.entries(addresses).map(([host, address]) => reaches(from, address, host, { source: 'preserved' })),
      ),
    ),
    ...Object.values(direct).map(addresses =>
      reaches('remote-a', addresses['pod-a'], 'pod-a', { source: 'preserved' }),
    ),
    reaches('pod-a', direct.v4['pod-a'], 'pod-a', { source: 'preserved' }),
  ],
});
