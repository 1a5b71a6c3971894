import { apply, fails, reaches, scenario, service, slice } from '../../builders.ts';

const [proxyName, headless] = ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless'];

export default scenario({
  name: 'the labels of other proxies and of headless Services count by being there, whatever their value',
  why: 'Source behaviour: both are selected by existence. Since 1.36 the headless label of a Service itself means nothing; that of its slices does.',
  objects: [
    service('web', { ip: '10.96.0.10' }),
    slice('web', ['pod-a']),
    service('theirs', { ip: '10.96.0.11', labels: { [proxyName]: '' } }),
    slice('theirs', ['pod-a']),
    service('labelled', { ip: '10.96.0.12', labels: { [headless]: '' } }),
    slice('labelled', ['pod-a']),
    service('empty', { ip: '10.96.0.13' }),
    slice('empty', ['pod-a'], { labels: { [headless]: 'false' } }),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    fails('pod-b', '10.96.0.11:80', 'unreachable'),
    reaches('pod-b', '10.96.0.12:80', 'pod-a'),
    fails('pod-b', '10.96.0.13:80', 'refused'),
    apply(service('web', { ip: '10.96.0.10', labels: { [proxyName]: 'false' } })),
    fails('pod-b', '10.96.0.10:80', 'unreachable'),
  ],
});
