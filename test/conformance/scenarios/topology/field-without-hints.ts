import { patch, reaches, scenario, service, settle, slice } from '../../builders.ts';

const web = service('web', { ip: '10.96.0.10', trafficDistribution: 'PreferSameNode' });

export default scenario({
  name: 'trafficDistribution by itself changes nothing, only hints do',
  why: 'e2e "Traffic Distribution": it is for the slice controller to turn the preference into hints; the proxy goes by these alone.',
  objects: [web, slice('web', ['pod-a', 'remote-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
    ...['PreferSameZone', 'PreferClose'].flatMap(trafficDistribution => [
      patch(web, { spec: { trafficDistribution } }),
      settle(),
      reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { within: 0 }),
    ]),
  ],
});
