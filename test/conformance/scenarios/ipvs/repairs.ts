import { reaches, scenario, service, slice, tamper } from '../../builders.ts';

const web = '-t 10.96.0.10:80';
const both = reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], {
  within: 40,
});

export default scenario({
  name: 'what others change in its virtual servers is put right by the next comparison',
  why: 'Nobody tells of changes to IPVS; the kernel is compared with what it ought to hold each syncPeriod.',
  needs: ['ipvs'],
  config: { ipvs: { syncPeriod: '5s' } },
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    both,
    tamper(`ipvsadm -d ${web} -r 10.244.1.10:8080`),
    both,
    tamper(`ipvsadm -e ${web} -r 10.244.1.10:8080 -m -w 0 && ipvsadm -E ${web} -s sh`),
    both,
    tamper(`ipvsadm -D ${web}`),
    both,
    tamper('ipvsadm -C'),
    both,
    tamper('ip route flush table local root 10.96.0.0/16; ! ip route show table local | grep 10.96'),
    both,
  ],
});
