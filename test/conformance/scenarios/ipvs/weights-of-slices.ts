import { longConnection, patch, scenario, service, slice, spread } from '../../builders.ts';

const weighted = (name: string, endpoints: string[], weight: string | null) => {
  const given = slice('web', endpoints, { name });
  return { ...given, metadata: { ...given.metadata, annotations: { 'sluice/ipvs-weight': weight ?? '' } } };
};
const heavy = weighted('web-heavy', ['pod-a'], '3');
const light = slice('web', ['remote-a'], { name: 'web-light' });
const weigh = (weight: string | null) => patch(heavy, { metadata: { annotations: { 'sluice/ipvs-weight': weight } } });

export default scenario({
  name: 'endpoints have the weight of their slice; a change ends no connection, and what is no weight counts as none',
  why: 'Most asked for of kube-proxy, and never had (kubernetes 75502, 94350).',
  needs: ['ipvs'],
  config: { ipvs: { scheduler: 'wrr' } },
  objects: [service('web', { ip: '10.96.0.10' }), heavy, light],
  steps: [
    longConnection('open', { from: 'pod-b', to: '10.96.0.10:80' }),
    spread('pod-b', '10.96.0.10:80', { shares: { 'pod-a': 9, 'remote-a': 3 } }),
    weigh('0'),
    spread('pod-b', '10.96.0.10:80', { shares: { 'remote-a': 6 } }),
    longConnection('open', { within: 0 }),
    weigh('much'),
    spread('pod-b', '10.96.0.10:80', { shares: { 'pod-a': 5, 'remote-a': 5 }, inTurns: true }),
    weigh(null),
    spread('pod-b', '10.96.0.10:80', { shares: { 'pod-a': 5, 'remote-a': 5 }, inTurns: true }),
    longConnection('open', { within: 0 }),
  ],
});
