import { beforeEach, describe, expect, it } from 'vitest';
import type { Weighted } from '../../../src/kube/types.ts';
import { EndpointWeights, SLICE_WEIGHTS } from '../../../src/model/endpoint-weights.ts';
import { parseWeight } from '../../../src/model/weight.ts';
import { endpoint } from '../../support/builders.ts';

describe('parseWeight', () => {
  it.each(['0', '1', '100', '65535'])('%s is one', text => expect(parseWeight(text)).toBe(Number(text)));
  it.each(['', '-1', '1.5', '65536', '1e3', ' 1', 'much', '0x10', '100000'])('%j is none', text =>
    expect(parseWeight(text)).toBeUndefined(),
  );
});

const pod = (key: string, weight: string, ...addresses: string[]): Weighted => ({
  kind: 'Pod',
  key,
  weight,
  addresses,
});
const node = (key: string, weight: string): Weighted => ({ kind: 'Node', key, weight, addresses: [] });

describe('EndpointWeights', () => {
  let weights: EndpointWeights;
  beforeEach(() => {
    weights = new EndpointWeights();
  });
  const set = (...objects: Weighted[]) => weights.apply(objects.map(object => ({ ...object, object })));
  const remove = (kind: 'Pod' | 'Node', key: string) => weights.apply([{ kind, key, object: undefined }]);
  const of = (address: string, nodeName = 'node-a', weight?: number) =>
    weights.of(endpoint({ address, nodeName, ...(weight !== undefined && { weight }) }));

  it('takes the weight of the Pod, of the slice, of the Node, in this order', () => {
    set(pod('d/a', '3', '10.244.1.1'), node('node-a', '5'));
    expect(of('10.244.1.1', 'node-a', 4)).toEqual({ weight: 3 });
    expect(of('10.244.1.2', 'node-a', 4)).toEqual({ weight: 4 });
    expect(of('10.244.1.2', 'node-a')).toEqual({ weight: 5 });
    expect(of('10.244.1.2', 'node-b')).toEqual({});
    expect(SLICE_WEIGHTS.of(endpoint({ weight: 0 }))).toEqual({ weight: 0 });
    expect(SLICE_WEIGHTS.of(endpoint())).toEqual({});
  });

  it('knows an address in any spelling', () => {
    set(pod('d/a', '3', 'FD00:0::1'));
    expect(of('fd00::1')).toEqual({ weight: 3 });
  });

  it('names what is no weight, and takes what the next one says', () => {
    set(pod('d/a', 'much', '10.244.1.1'), node('node-a', '5'), node('node-b', '-1'));
    const problem = {
      object: 'Pod d/a',
      field: 'metadata.labels[sluice/ipvs-weight]',
      message: '"much" is no weight, which is a whole number from 0 to 65535',
    };
    expect(of('10.244.1.1')).toEqual({ weight: 5, problem });
    expect(of('10.244.1.2', 'node-b')).toEqual({
      problem: expect.objectContaining({ object: 'Node node-b' }) as unknown,
    });
  });

  it('tells whom a change is about, and nobody where nothing has changed', () => {
    expect(set(pod('d/a', '3', '10.244.1.1'))).toEqual({ addresses: new Set(['10.244.1.1']), nodes: new Set() });
    expect(set(pod('d/a', '3', '10.244.1.1'))).toEqual({ addresses: new Set(), nodes: new Set() });
    expect(set(pod('d/a', '3', '10.244.1.9'))).toEqual({
      addresses: new Set(['10.244.1.1', '10.244.1.9']),
      nodes: new Set(),
    });
    expect(of('10.244.1.1')).toEqual({});
    expect(of('10.244.1.9')).toEqual({ weight: 3 });
    expect(remove('Pod', 'd/a')).toEqual({ addresses: new Set(['10.244.1.9']), nodes: new Set() });
    expect(of('10.244.1.9')).toEqual({});
    expect(set(node('node-a', '5'))).toEqual({ addresses: new Set(), nodes: new Set(['node-a']) });
    expect(remove('Node', 'node-a').nodes).toEqual(new Set(['node-a']));
    expect(remove('Node', 'node-a').nodes).toEqual(new Set());
    expect(of('10.244.1.9')).toEqual({});
  });

  it('has the weight of another Pod at an address whose former one left', () => {
    set(pod('d/a', '3', '10.244.1.1'), pod('d/b', '7', '10.244.1.1'));
    expect(of('10.244.1.1')).toEqual({ weight: 7 });
    remove('Pod', 'd/b');
    expect(of('10.244.1.1')).toEqual({ weight: 3 });
  });
});
