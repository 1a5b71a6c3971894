import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TableWatch } from '../../../src/cli/table-watch.ts';
import type { RecordedEvent } from '../../../src/kube/event-recorder.ts';
import type { TableChange, TableCommit } from '../../../src/kernel/nfnetlink.ts';
import { REPAIR_PACE, RepairPace } from '../../../src/reconcile/repair-pace.ts';
import { keptLog } from '../../support/log-lines.ts';

const OWN_PID = 1;

const change = (more: Partial<TableChange> = {}): TableChange => ({
  verb: 'delete',
  what: 'element',
  family: 'ip',
  table: 'kube-proxy',
  name: 'services',
  ...more,
});

const commit = (changes: readonly TableChange[] = [change()], more: Partial<TableCommit> = {}): TableCommit => ({
  pid: 4711,
  program: 'nft',
  changes,
  elements: [],
  isPartial: false,
  lacksElements: false,
  ...more,
});

function setUp(pace = REPAIR_PACE) {
  const log = keptLog();
  const events: RecordedEvent[] = [];
  const counted: string[] = [];
  const noted: (TableCommit | 'all')[] = [];
  let comparisons = 0;
  const watch = new TableWatch({
    families: ['ipv4', 'ipv6'],
    isOwn: ({ pid }) => pid === OWN_PID,
    isHarmless: ({ what, name }) => what === 'element' && name === 'affinity-tcp',
    touched: { note: one => noted.push(one), noteAll: () => noted.push('all') },
    compare: () => {
      comparisons += 1;
    },
    commandLineOf: pid => (pid === 4711 ? 'nft flush ruleset' : undefined),
    metrics: {
      setWatching: isWatching => counted.push(`watching ${isWatching}`),
      countGap: () => counted.push('gap'),
      countForeignTransaction: family => counted.push(family),
      setContested: isContested => counted.push(`contested ${isContested}`),
    },
    events: { record: event => void events.push(event) },
    node: { name: 'node-a', uid: 'uid-of-node-a' },
    logger: log.logger,
    pace: new RepairPace(pace),
  });
  const start = (): void => {
    watch.began(new Set(['start']));
    watch.ended();
    // A moment later: a comparison does not follow another one at once.
    vi.advanceTimersByTime(1000);
  };
  const compared = (): void => {
    watch.began(new Set(['drift']));
    watch.ended();
  };
  return { watch, log, events, counted, noted, start, compared, comparisons: () => comparisons };
}

describe('TableWatch', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => vi.useRealTimers());

  it('has the kernel compared within a moment, and says who changed what', () => {
    const { watch, log, counted, start, comparisons } = setUp();
    start();
    watch.onCommit(commit([change(), change({ verb: 'add', what: 'rule', name: 'filter-input' })]));
    vi.advanceTimersByTime(REPAIR_PACE.gatherMs + 1);
    expect(comparisons()).toBe(1);
    expect(counted).toEqual(['ipv4']);
    expect(log.records).toEqual([
      {
        level: 'warn',
        pid: 4711,
        program: 'nft',
        command: 'nft flush ruleset',
        changes: 'ip delete element services, ip add rule filter-input',
        msg: 'another program changed a table of ours; it is compared and repaired',
      },
    ]);
  });

  it('says what it knows of a process that is gone, and of many changes some', () => {
    const { watch, log, start } = setUp();
    start();
    const many = ['a', 'b', 'c', 'd'].map(name => change({ what: 'chain', name }));
    watch.onCommit(commit(many, { pid: 4712, program: 'iptables-nft' }));
    expect(log.records[0]).toMatchObject({ pid: 4712, program: 'iptables-nft' });
    expect(log.records[0]).not.toHaveProperty('command');
    expect(log.records[0]?.['changes']).toBe('ip delete chain a, ip delete chain b, ip delete chain c, ...');
  });

  it('has noted what others did before it is compared, and that just anything may have been after a gap', () => {
    const { watch, noted, start } = setUp();
    const [early, own, late] = [commit(), commit([change()], { pid: OWN_PID }), commit([change({ what: 'chain' })])];
    watch.onCommit(early);
    start();
    watch.onCommit(own);
    watch.onCommit(late);
    expect(noted).toEqual([early, late]);
    watch.onGap();
    expect(noted).toEqual([early, late, 'all']);
  });

  it.each<{ name: string; told: TableCommit; families: readonly string[] }>([
    { name: 'of its own', told: commit([change()], { pid: OWN_PID }), families: [] },
    { name: 'of nothing that is ours', told: commit([]), families: [] },
    { name: 'of another family', told: commit([change({ family: 'other' })]), families: [] },
    { name: 'of what the kernel learns', told: commit([change({ name: 'affinity-tcp' })]), families: [] },
    {
      name: 'of what the kernel learns, and more that is not told',
      told: commit([change({ name: 'affinity-tcp' })], { isPartial: true }),
      families: ['ipv4'],
    },
    {
      name: 'of a map for what it learns',
      told: commit([change({ what: 'set', name: 'affinity-tcp' })]),
      families: ['ipv4'],
    },
    {
      name: 'of both families',
      told: commit([change({ family: 'ip6' }), change()]),
      families: ['ipv4', 'ipv6'],
    },
  ])('compares after a transaction $name: $families', ({ told, families }) => {
    const { watch, counted, start, comparisons } = setUp();
    start();
    watch.onCommit(told);
    vi.advanceTimersByTime(10_000);
    expect(counted).toEqual(families);
    expect(comparisons()).toBe(families.length ? 1 : 0);
  });

  it('compares what came before the loop had begun after its first run', () => {
    const { watch, start, comparisons } = setUp();
    watch.onCommit(commit());
    vi.advanceTimersByTime(10_000);
    expect(comparisons()).toBe(0);
    start();
    expect(comparisons()).toBe(1);
  });

  it('compares after a time in which it may have missed something, and counts it', () => {
    const { watch, log, counted, start, comparisons } = setUp();
    start();
    watch.onState({ isWatching: false, error: new Error('perl ended: SIGKILL') });
    watch.onState({ isWatching: false, error: new Error('perl ended: SIGKILL') });
    expect(watch.isWatching).toBe(false);
    watch.onState({ isWatching: true });
    expect(watch.isWatching).toBe(true);
    watch.onGap();
    vi.advanceTimersByTime(1000);
    expect(comparisons()).toBe(1);
    expect(counted).toEqual(['watching false', 'watching false', 'watching true', 'gap']);
    expect(log.lines).toEqual([
      'warn: changes of our tables are not told for a while; until then they are found by comparing',
      'warn: changes of our tables are not told for a while; until then they are found by comparing',
      'info: changes of our tables are told again',
      'warn: changes of our tables may have been missed; they are compared',
    ]);
  });

  it('tells the operator once where somebody keeps writing, holds back, and says when it is over', () => {
    const { watch, log, events, counted, start, compared, comparisons } = setUp({ ...REPAIR_PACE, burst: 2 });
    start();
    for (let i = 0; i < 600; i += 1) {
      const before = comparisons();
      watch.onCommit(commit());
      vi.advanceTimersByTime(100);
      if (comparisons() > before) compared();
    }
    // A minute of it: two at once, then after 1, 2, 4, 8, 16 and 30 s.
    expect(comparisons()).toBeLessThan(10);
    expect(comparisons()).toBeGreaterThan(5);
    expect(counted.filter(one => one.startsWith('contested'))).toEqual(['contested true']);
    const loud = log.records.filter(({ level }) => level === 'error');
    expect(loud).toMatchObject([{ pid: 4711, program: 'nft', command: 'nft flush ruleset', nextMs: 1000 }]);
    expect(events).toEqual([
      {
        regarding: { kind: 'Node', name: 'node-a', uid: 'uid-of-node-a' },
        type: 'Warning',
        reason: 'TablesContested',
        action: 'Repair',
        note: 'node node-a: another program keeps changing the tables kube-proxy, last nft (pid 4711: nft flush ruleset); repairs are held back',
      },
    ]);
    vi.advanceTimersByTime(REPAIR_PACE.quietMs + 1000);
    expect(counted.filter(one => one.startsWith('contested'))).toEqual(['contested true', 'contested false']);
    expect(log.lines.at(-1)).toBe('info: our tables are left alone again; repairs are made at once');
    watch.close();
  });
});
