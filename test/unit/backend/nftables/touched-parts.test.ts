import { describe, expect, it } from 'vitest';
import { containersOf, type ContainerName } from '../../../../src/backend/nftables/schema.ts';
import { TouchedParts, type ForeignCommit } from '../../../../src/backend/nftables/touched-parts.ts';
import { keyBytes, valueBytes } from '../../../support/element-bytes.ts';

type Change = ForeignCommit['changes'][number];
type Element = ForeignCommit['elements'][number];

const change = (what: Change['what'], name = '', more: Partial<Change> = {}): Change => ({
  verb: 'add',
  what,
  family: 'ip',
  name,
  ...more,
});

function element(verb: Element['verb'], name: ContainerName, key: string, value = ''): Element {
  const container = containersOf('ipv4').find(one => one.name === name)!;
  const told = valueBytes(container, value);
  return { verb, family: 'ip', name, key: keyBytes(container, key), ...(told && { value: told }) };
}

const commit = (changes: readonly Change[], more: Partial<ForeignCommit> = {}): ForeignCommit => ({
  changes,
  elements: [],
  isPartial: false,
  lacksElements: false,
  ...more,
});

const ofElements = (...elements: Element[]): ForeignCommit =>
  commit(
    elements.map(({ verb, name }) => change('element', name, { verb })),
    { elements },
  );

function touchedBy(...commits: ForeignCommit[]): ReturnType<TouchedParts['take']> {
  const touched = new TouchedParts();
  for (const one of commits) touched.note(one);
  return touched.take('ipv4');
}

const KEY = '10.96.0.1 . tcp . 80';

describe('TouchedParts', () => {
  it('notes what each key was left with, over transactions', () => {
    const touched = touchedBy(
      ofElements(element('delete', 'services', KEY, 'goto cluster-tcp-2'), element('add', 'services', KEY, 'drop')),
      ofElements(element('add', 'nodeports', 'tcp . 30080', 'drop'), element('delete', 'nodeports', 'tcp . 30080')),
      ofElements(element('add', 'cluster-ips', '10.96.0.9')),
    );
    expect(touched).toEqual({
      table: false,
      chains: new Set(),
      containers: new Map<string, ReadonlyMap<string, string | undefined>>([
        ['services', new Map([[KEY, 'drop']])],
        ['nodeports', new Map([['tcp . 30080', undefined]])],
        ['cluster-ips', new Map([['10.96.0.9', '']])],
      ]),
    });
  });

  it('has it forgotten when it was taken, and keeps families apart', () => {
    const touched = new TouchedParts();
    touched.note(commit([change('rule', 'dispatch'), change('table', '', { family: 'ip6' })]));
    expect(touched.take('ipv4')).toMatchObject({ table: false, chains: new Set(['dispatch']) });
    expect(touched.take('ipv4')).toBeUndefined();
    expect(touched.take('ipv6')).toMatchObject({ table: true, chains: new Set() });
  });

  it.each<[string, ForeignCommit]>([
    ['elements are missing', commit([change('element', 'services')], { lacksElements: true })],
    [
      'one stands for all keys',
      commit([change('element', 'services')], { elements: [{ verb: 'add', family: 'ip', name: 'services' }] }),
    ],
    [
      'a key is none of ours',
      commit([change('element', 'services')], {
        elements: [{ verb: 'add', family: 'ip', name: 'services', key: Buffer.alloc(3) }],
      }),
    ],
    [
      'they are too many',
      ofElements(
        ...Array.from({ length: 1001 }, (_, i) =>
          element('delete', 'services', `10.96.${i >> 8}.${i & 255} . tcp . 80`),
        ),
      ),
    ],
  ])('a container of which %s has to be read, whatever is told of it later', (_, one) => {
    const later = ofElements(element('delete', 'services', KEY));
    expect(touchedBy(one, later)).toMatchObject({ containers: new Map([['services', undefined]]) });
    expect(touchedBy(later, one)).toMatchObject({ containers: new Map([['services', undefined]]) });
  });

  it('a thousand keys are told apart', () => {
    const elements = Array.from({ length: 1000 }, (_, i) =>
      element('delete', 'services', `10.96.${i >> 8}.${i & 255} . tcp . 80`),
    );
    const touched = touchedBy(ofElements(...elements));
    expect(touched !== 'all' && touched?.containers.get('services')?.size).toBe(1000);
  });

  it.each<[string, ForeignCommit]>([
    ['the table is deleted', commit([change('table', '', { verb: 'delete' })])],
    ['a set is deleted', commit([change('set', 'hairpin', { verb: 'delete' })])],
    ['a set is added', commit([change('set', 'theirs')])],
    ['elements of a set of others', commit([change('element', 'theirs')])],
    ['an object is added', commit([change('object', 'theirs')])],
    ['just anything may be missing', commit([change('rule', 'dispatch')], { isPartial: true, lacksElements: true })],
  ])('all has to be compared where %s, whatever comes before and after', (_, one) => {
    const rule = commit([change('rule', 'dispatch')]);
    expect(touchedBy(one)).toBe('all');
    expect(touchedBy(rule, one, rule)).toBe('all');
  });

  it('all has to be compared after a gap', () => {
    const touched = new TouchedParts();
    touched.noteAll();
    expect([touched.take('ipv4'), touched.take('ipv6'), touched.take('ipv4')]).toEqual(['all', 'all', undefined]);
  });

  it('elements that the kernel learns are no matter', () => {
    const learnt = element('add', 'affinity-tcp', '1 . 2 . 3 . 10.0.0.1', '10.244.1.2 . 80');
    for (const one of [commit([change('element', 'affinity-tcp')], { lacksElements: true }), ofElements(learnt)])
      expect(touchedBy(one)).toEqual({ table: false, chains: new Set(), containers: new Map() });
  });

  it('one transaction on both families is noted for each', () => {
    const touched = new TouchedParts();
    const other = { ...element('delete', 'nodeports', 'tcp . 30080'), family: 'ip6' };
    touched.note(
      commit([change('element', 'services'), change('element', 'nodeports', { family: 'ip6' })], {
        elements: [element('delete', 'services', KEY), other],
      }),
    );
    expect(touched.take('ipv4')).toMatchObject({ containers: new Map([['services', new Map([[KEY, undefined]])]]) });
    expect(touched.take('ipv6')).toMatchObject({
      containers: new Map([['nodeports', new Map([['tcp . 30080', undefined]])]]),
    });
  });

  it('of what lacks elements, sets and maps of the family are to be read, and nothing that has the name of one', () => {
    const touched = new TouchedParts();
    const changes = [
      change('element', 'services'),
      change('element', 'nodeports', { family: 'ip6' }),
      change('rule', 'hairpin'),
    ];
    touched.note(commit(changes, { lacksElements: true }));
    expect(touched.take('ipv4')).toMatchObject({ containers: new Map([['services', undefined]]) });
    expect(touched.take('ipv6')).toMatchObject({ containers: new Map([['nodeports', undefined]]) });
  });

  it('other families are no matter', () => {
    const other = commit([change('table', '', { verb: 'delete', family: 'other' })]);
    expect(touchedBy(other)).toBeUndefined();
  });
});
