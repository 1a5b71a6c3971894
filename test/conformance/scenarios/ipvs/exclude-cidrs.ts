import { NODE, reaches, restartProxy, scenario, service, serviceCIDR, settle, slice, tamper } from '../../builders.ts';

const EXCLUDED =
  'ipvsadm -Sn | grep -q -- "-A -t 10.96.200.1:80 -s sh" && ipvsadm -Sn | grep -q -- "-r 10.244.1.10:8080 -m -w 5"';

export default scenario({
  name: 'ipvs.excludeCIDRs: virtual servers there are left alone, also within the service range',
  why: "kube-proxy's field: what is in these ranges is not its to clean up.",
  needs: ['ipvs'],
  config: { ipvs: { excludeCIDRs: ['10.96.200.0/24', `${NODE.v4}/32`] } },
  start: true,
  objects: [serviceCIDR(), service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    tamper(
      'ipvsadm -A -t 10.96.200.1:80 -s sh && ipvsadm -a -t 10.96.200.1:80 -r 10.244.1.10:8080 -m -w 5 && ipvsadm -A -t 10.96.201.1:80 -s sh',
    ),
    settle(),
    restartProxy(),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    tamper(EXCLUDED),
    tamper('! ipvsadm -Sn | grep 10.96.201.1'),
  ],
});
