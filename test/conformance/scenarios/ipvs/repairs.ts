import { reaches, scenario, service, slice, tamper } from '../../builders.ts';

const web = '-t 10.96.0.10:80';
const both = reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], {
  within: 40,
});

const outside = reaches('client', '203.0.113.20:80', ['pod-a', 'remote-a']);

export default scenario({
  name: 'what others change in its virtual servers is put right by the next comparison',
  why: 'Nobody tells of changes to IPVS; the kernel is compared with what it ought to hold each syncPeriod.',
  needs: ['ipvs'],
  config: { ipvs: { syncPeriod: '5s' } },
  objects: [service('web', { ip: '10.96.0.10', externalIPs: ['203.0.113.20'] }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    both,
    outside,
    tamper(`ipvsadm -d ${web} -r 10.244.1.10:8080`),
    both,
    tamper(`ipvsadm -e ${web} -r 10.244.1.10:8080 -m -w 0 && ipvsadm -E ${web} -s sh`),
    both,
    tamper(`ipvsadm -D ${web}`),
    both,
    tamper('ipvsadm -C'),
    both,
    // That it is told of: elements that the ledger knows by their keys.
    tamper('nft delete element ip kube-proxy unavailable { 10.96.0.10 . tcp . 80 }'),
    tamper('nft delete element ip kube-proxy services { 203.0.113.20 . tcp . 80 }'),
    outside,
    both,
    tamper('ip route flush table local root 10.96.0.0/16; ! ip route show table local | grep 10.96'),
    both,
  ],
});
