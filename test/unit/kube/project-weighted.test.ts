import { describe, expect, it } from 'vitest';
import { Interner } from '../../../src/kube/interner.ts';
import { projectWeighted } from '../../../src/kube/project-weighted.ts';

const LABELS = { 'sluice/ipvs-weight': '3' };
const podIPs = [{ ip: '10.244.1.10' }, { ip: 'fd00:10:244:1::10' }];
const project = (kind: 'Pod' | 'Node', more: object) =>
  projectWeighted(kind, { metadata: { name: 'a', namespace: 'd', labels: LABELS }, ...more }, new Interner());

describe('projectWeighted', () => {
  it('reads the weight of a Pod and its addresses', () => {
    expect(project('Pod', { status: { phase: 'Running', podIPs } })).toEqual({
      object: { kind: 'Pod', key: 'd/a', weight: '3', addresses: ['10.244.1.10', 'fd00:10:244:1::10'] },
      problems: [],
    });
  });

  it.each([
    { name: 'it has ended', more: { status: { phase: 'Succeeded', podIPs } } },
    { name: 'it has failed', more: { status: { phase: 'Failed', podIPs } } },
    { name: 'they are those of its node', more: { spec: { hostNetwork: true }, status: { phase: 'Running', podIPs } } },
    { name: 'it has none yet', more: { status: { phase: 'Pending' } } },
  ])('leaves the addresses of a Pod out: $name', ({ more }) => {
    expect(project('Pod', more).object?.addresses).toEqual([]);
  });

  it('reads the weight of a Node, which has no namespace', () => {
    expect(project('Node', { status: { addresses: [{ type: 'InternalIP', address: '192.0.2.1' }] } }).object).toEqual({
      kind: 'Node',
      key: 'a',
      weight: '3',
      addresses: [],
    });
  });

  it('tells what is of a wrong type, and reads the rest', () => {
    const { object, problems } = projectWeighted(
      'Pod',
      { metadata: { name: 'a', labels: { 'sluice/ipvs-weight': 3 } }, status: { podIPs: [{ ip: 7 }, podIPs[1]] } },
      new Interner(),
    );
    expect(object).toEqual({ kind: 'Pod', key: 'default/a', weight: '', addresses: ['fd00:10:244:1::10'] });
    expect(problems.map(({ object: of, field }) => `${of} ${field}`)).toEqual([
      'Pod default/a metadata.labels[sluice/ipvs-weight]',
      'Pod default/a status.podIPs[0].ip',
    ]);
  });

  it('takes nothing that has no name', () => {
    expect(projectWeighted('Pod', {}, new Interner()).object).toBeUndefined();
  });
});
