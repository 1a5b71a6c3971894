import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceIndex } from '../../../src/model/service-index.ts';
import { DRAINING, endpointSlice, service, sliceEndpoint, slicePort } from '../../support/builders.ts';

let index: ServiceIndex;
beforeEach(() => {
  index = new ServiceIndex();
});

const sliceNames = (key: string, family: 'ipv4' | 'ipv6' = 'ipv4') =>
  index.slicesOf(key, family).map(({ name }) => name);

describe('Services', () => {
  it('touches a Service that is new, changed or deleted', () => {
    expect(index.setService(service())).toEqual(['default/web']);
    expect(index.setService(service({ type: 'NodePort' }))).toEqual(['default/web']);
    expect(index.service('default/web')?.type).toBe('NodePort');
    expect(index.deleteService('default/web')).toEqual(['default/web']);
    expect(index.service('default/web')).toBeUndefined();
  });

  it('touches nothing when nothing that is read has changed', () => {
    index.setService(service());
    expect(index.setService(service())).toEqual([]);
    expect(index.deleteService('default/api')).toEqual([]);
  });

  it('tells the keys of all, sorted', () => {
    for (const name of ['b', 'c', 'a']) index.setService(service({ name }));
    index.deleteService('default/c');
    expect(index.serviceKeys()).toEqual(['default/a', 'default/b']);
  });

  it('keeps Services of one name in two namespaces apart', () => {
    index.setService(service());
    index.setService(service({ namespace: 'shop' }));
    expect(index.setSlice(endpointSlice({ namespace: 'shop' }))).toEqual(['shop/web']);
    expect(sliceNames('default/web')).toEqual([]);
    expect(sliceNames('shop/web')).toEqual(['web-ipv4']);
  });
});

describe('slices', () => {
  beforeEach(() => {
    index.setService(service());
    index.setService(service({ name: 'api' }));
  });

  it('touches the Service of a slice that is new, changed or deleted', () => {
    expect(index.setSlice(endpointSlice())).toEqual(['default/web']);
    expect(index.setSlice(endpointSlice({ endpoints: [sliceEndpoint()] }))).toEqual(['default/web']);
    expect(index.slicesOf('default/web', 'ipv4')).toEqual([endpointSlice({ endpoints: [sliceEndpoint()] })]);
    expect(index.deleteSlice('default/web-ipv4')).toEqual(['default/web']);
    expect(sliceNames('default/web')).toEqual([]);
    expect(index.deleteSlice('default/web-ipv4')).toEqual([]);
  });

  it.each([
    { name: 'condition', overrides: { endpoints: [sliceEndpoint(DRAINING)] } },
    { name: 'hint', overrides: { endpoints: [sliceEndpoint({ zoneHints: ['zone-a'] })] } },
    { name: 'node', overrides: { endpoints: [sliceEndpoint({ nodeName: 'node-b' })] } },
    { name: 'port', overrides: { endpoints: [sliceEndpoint()], ports: [slicePort({ port: 8081 })] } },
    { name: 'weight', overrides: { endpoints: [sliceEndpoint()], ipvsWeight: '3' } },
    { name: 'address type', overrides: { addressType: 'IPv6', endpoints: [sliceEndpoint()], name: 'web-ipv4' } },
  ])('touches the Service when only a $name changes', ({ overrides }) => {
    index.setSlice(endpointSlice({ endpoints: [sliceEndpoint()] }));
    expect(index.setSlice(endpointSlice(overrides))).toEqual(['default/web']);
  });

  it('touches nothing when only the trigger time changes, or nothing', () => {
    const given = endpointSlice({ endpoints: [sliceEndpoint()], triggerTimeMs: 1 });
    index.setSlice(given);
    expect(index.setSlice(structuredClone(given))).toEqual([]);
    expect(index.setSlice({ ...given, triggerTimeMs: 2 })).toEqual([]);
    expect(index.slicesOf('default/web', 'ipv4')).toEqual([{ ...given, triggerTimeMs: 2 }]);
  });

  it('touches both Services when a slice is relabelled, and moves it', () => {
    index.setSlice(endpointSlice({ name: 'one' }));
    expect(index.setSlice(endpointSlice({ name: 'one', serviceName: 'api' }))).toEqual(['default/web', 'default/api']);
    expect(sliceNames('default/web')).toEqual([]);
    expect(sliceNames('default/api')).toEqual(['one']);
    expect(index.deleteSlice('default/one')).toEqual(['default/api']);
  });

  it('takes a slice that loses its label, its name or its address type for deleted', () => {
    for (const overrides of [{ serviceName: '' }, { addressType: 'FQDN' }]) {
      index.setSlice(endpointSlice({ name: 'one' }));
      expect(index.setSlice(endpointSlice({ name: 'one', ...overrides }))).toEqual(['default/web']);
      expect(sliceNames('default/web')).toEqual([]);
      expect(index.deleteSlice('default/one')).toEqual([]);
    }
  });

  it.each([
    { name: 'no label', overrides: { serviceName: '' } },
    { name: 'host names', overrides: { addressType: 'FQDN' } },
    { name: 'no name', overrides: { name: '' } },
    { name: 'no namespace', overrides: { namespace: '' } },
  ])('ignores a slice with $name (1.5)', ({ overrides }) => {
    index.setService(service({ namespace: '' }));
    index.setService(service({ name: '' }));
    expect(index.setSlice(endpointSlice(overrides))).toEqual([]);
    for (const key of index.serviceKeys()) expect(sliceNames(key)).toEqual([]);
  });

  it('keeps a slice that comes before its Service or outlives it, and touches nobody', () => {
    const slice = endpointSlice({ serviceName: 'late' });
    expect(index.setSlice(slice)).toEqual([]);
    expect(index.setService(service({ name: 'late' }))).toEqual(['default/late']);
    expect(sliceNames('default/late')).toEqual(['late-ipv4']);
    index.deleteService('default/late');
    expect(index.setSlice({ ...slice, endpoints: [sliceEndpoint()] })).toEqual([]);
    expect(sliceNames('default/late')).toEqual(['late-ipv4']);
    expect(index.deleteSlice('default/late-ipv4')).toEqual([]);
  });

  it('hands slices out by family, sorted by name, whatever the order of events', () => {
    for (const name of ['c', 'a', 'b']) index.setSlice(endpointSlice({ name }));
    index.setSlice(endpointSlice({ name: 'b6', addressType: 'IPv6' }));
    index.setSlice(endpointSlice({ name: 'a', endpoints: [sliceEndpoint()] }));
    expect(sliceNames('default/web')).toEqual(['a', 'b', 'c']);
    expect(sliceNames('default/web', 'ipv6')).toEqual(['b6']);
    expect(sliceNames('default/unknown')).toEqual([]);
  });

  it('hands out lists that later events leave alone', () => {
    index.setSlice(endpointSlice({ name: 'b' }));
    const before = index.slicesOf('default/web', 'ipv4');
    index.setSlice(endpointSlice({ name: 'a' }));
    expect(before.map(({ name }) => name)).toEqual(['b']);
  });

  it('tells the Services that have an endpoint of some kind', () => {
    for (const name of ['web', 'api', 'other']) index.setService(service({ name }));
    index.setSlice(endpointSlice({ name: 'a', endpoints: [sliceEndpoint()] }));
    index.setSlice(endpointSlice({ name: 'b', endpoints: [sliceEndpoint()] }));
    index.setSlice(endpointSlice({ name: 'c', serviceName: 'api', endpoints: [sliceEndpoint({ nodeName: 'n' })] }));
    index.setSlice(endpointSlice({ name: 'd', serviceName: 'unknown', endpoints: [sliceEndpoint()] }));
    expect(index.servicesWith(({ traits }) => traits.nodeName === 'n')).toEqual(['default/api']);
    expect(index.servicesWith(({ traits }) => traits.nodeName !== 'n')).toEqual(['default/web']);
    expect(index.servicesWith(() => false)).toEqual([]);
  });

  it('tells a slice by its key, while it belongs to some Service', () => {
    const index = new ServiceIndex();
    const slice = endpointSlice({ name: 'one' });
    index.setSlice(slice);
    expect([index.slice('default/one'), index.slice('default/two')]).toEqual([slice, undefined]);
    index.setSlice({ ...slice, serviceName: '' });
    expect(index.slice('default/one')).toBeUndefined();
  });
});
