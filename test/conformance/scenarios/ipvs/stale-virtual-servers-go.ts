import { fails, reaches, scenario, service, serviceCIDR, slice, startProxy, tamper } from '../../builders.ts';

export default scenario({
  name: 'virtual servers and real servers of Services that have gone meanwhile are removed at the start',
  why: 'All virtual servers at addresses of the service ranges are ours (kubernetes 134147: stale ones survive in kube-proxy).',
  needs: ['ipvs'],
  start: false,
  objects: [serviceCIDR(), service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    tamper(
      [
        'ipvsadm -A -t 10.96.0.10:80 -s rr',
        'ipvsadm -a -t 10.96.0.10:80 -r 10.244.1.10:8080 -m',
        'ipvsadm -a -t 10.96.0.10:80 -r 10.244.2.99:8080 -m',
        'ipvsadm -A -t 10.96.0.77:80 -s rr',
        'ipvsadm -a -t 10.96.0.77:80 -r 10.244.1.10:8080 -m',
        'ipvsadm -A -t [fd00:10:96::77]:80 -s wlc -p 100',
      ].join(' && '),
    ),
    startProxy(),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { stable: true }),
    // As any address of the service range that no Service has.
    fails('pod-b', '10.96.0.77:80', 'timeout'),
    tamper('! ipvsadm -Sn | grep -e 10.96.0.77 -e fd00:10:96::77 -e 10.244.2.99'),
  ],
});
