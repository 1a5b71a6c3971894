import { describe, expect, it } from 'vitest';
import { ADDRESSES } from '../../support/addresses.ts';
import { endpointSlice, service, sliceEndpoint } from '../../support/builders.ts';
import { answerTo, here, local, OUTSIDE, slice, there } from '../../support/explained-packets.ts';

const { podA, remoteA, remoteB, clusterIP, node, externalIP } = ADDRESSES.ipv4;

describe('explainPacket in mode ipvs', () => {
  const weighted = (address: string) => sliceEndpoint({ address, nodeName: 'node-b' });
  const options = {
    services: [local],
    slices: [slice(here, there), endpointSlice({ name: 'heavy', ipvsWeight: '3', endpoints: [weighted(remoteB)] })],
    ipvs: { scheduler: 'wrr' },
  };

  it('names the virtual server at the ClusterIP, its scheduler and the shares by weight', () => {
    const [answer] = answerTo(options);
    expect(answer?.summary).toBe('forwarded to one of 3 endpoints of default/web, source kept');
    expect(answer?.steps).toContainEqual({
      about: 'virtual-server',
      says: 'IPVS chooses, by scheduler wrr',
      where: ['ipvsadm -A -t 10.96.0.10:80 -s wrr'],
    });
    expect(answer?.endpoints.map(({ address, share }) => [address, share])).toEqual([
      [podA, 0.2],
      [remoteA, 0.2],
      [remoteB, 0.6],
    ]);
    expect(answer?.endpoints[2]?.notes).toEqual(['weight 3']);
  });

  it('names the one at a port of its own for the other policy', () => {
    const [answer] = answerTo({ ...options, asked: { source: OUTSIDE, destination: node, port: 30_080 } });
    expect(answer?.endpoints.map(({ address }) => address)).toEqual([podA]);
    expect(answer?.steps.flatMap(({ where = [] }) => where)).toContain('ipvsadm -A -t 10.96.0.10:30080 -s wrr');
  });

  it('turns away what was rewritten to a ClusterIP that an older Service without endpoints has, too', () => {
    const older = service({ name: 'old', clusterIP, creationTimestamp: '2020-01-01T00:00:00Z' });
    const asked = { destination: externalIP };
    const [answer] = answerTo({ ...options, services: [local, older], asked });
    expect(answer?.summary).toMatch(/^rejected: default\/old has no endpoint that could serve/);
    expect(answer?.steps.map(({ about }) => about)).toEqual([
      'source',
      'claim',
      'traffic-policy',
      'short-cut',
      'claim',
      'claim',
      'availability',
    ]);
  });

  it('leaves out who has weight 0', () => {
    const slices = [slice(here), endpointSlice({ name: 'resting', ipvsWeight: '0', endpoints: [weighted(remoteB)] })];
    const [answer] = answerTo({ ...options, slices });
    expect(answer?.endpoints.map(({ address }) => address)).toEqual([podA]);
    expect(answer?.leftOut.map(one => `${one.address}: ${one.says}`)).toEqual([`${remoteB}: its weight is 0`]);
  });

  it('has no shares where the scheduler goes by something else', () => {
    const [answer] = answerTo({ ...options, ipvs: { scheduler: 'lc' } });
    expect(answer?.endpoints.map(endpoint => 'share' in endpoint)).toEqual([false, false, false]);
  });
});
