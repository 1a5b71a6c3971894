import { describe, expect, it } from 'vitest';
import { sharedKey, type CompiledService } from '../../../../src/backend/nftables/claim.ts';
import { Ledger } from '../../../../src/backend/nftables/ledger.ts';
import type { Entry } from '../../../../src/backend/nftables/schema.ts';

const service = (key: string, value: string): Entry => ({ container: 'services', key, value });
const PORT = { name: 'http', number: 80, l4: 'tcp' } as const;
const shared = (key: string): Entry => ({ container: 'cluster-ips', key, value: '' });
const compiled = (claims: Record<string, string>, ...ips: string[]): CompiledService => ({
  claims: Object.entries(claims).map(([id, value]) => ({ id, port: PORT, entries: [service(id, value)] })),
  shared: ips.map(ip => sharedKey('cluster-ips', ip)),
});

describe('Ledger', () => {
  it('tells what comes, what goes and what changes', () => {
    const ledger = new Ledger();
    expect(ledger.set('a', '1', compiled({ x: 'goto s-1', y: 'goto s-1' }, 'ip-a'))).toMatchObject({
      deletes: [],
      adds: [service('x', 'goto s-1'), service('y', 'goto s-1'), shared('ip-a')],
    });
    expect(ledger.set('a', '1', compiled({ x: 'goto s-2', z: 'goto s-1' }, 'ip-b'))).toMatchObject({
      deletes: [service('x', 'goto s-1'), service('y', 'goto s-1'), shared('ip-a')],
      adds: [service('x', 'goto s-2'), service('z', 'goto s-1'), shared('ip-b')],
    });
    expect(ledger.size).toBe(3);
    expect(ledger.set('a', '1', compiled({ x: 'goto s-2', z: 'goto s-1' }, 'ip-b'))).toMatchObject({
      deletes: [],
      adds: [],
    });
    expect(ledger.set('a', '1', undefined)).toMatchObject({ adds: [] });
    expect([...ledger.entries()]).toEqual([]);
    expect(ledger.size).toBe(0);
  });

  it('keeps a shared entry as long as anyone holds it', () => {
    const ledger = new Ledger();
    ledger.set('a', '1', compiled({}, 'ip'));
    expect(ledger.set('b', '1', compiled({}, 'ip')).adds).toEqual([]);
    expect(ledger.set('a', '1', undefined).deletes).toEqual([]);
    expect(ledger.holds(shared('ip'))).toBe(true);
    expect(ledger.set('b', '1', undefined).deletes).toEqual([shared('ip')]);
  });

  it.each([
    { name: 'the older first', order: ['old', 'young'] },
    { name: 'the younger first', order: ['young', 'old'] },
  ])('of two claimants the more senior wins, $name', ({ order }) => {
    const ledger = new Ledger();
    const seniority: Record<string, string> = { old: '2025', young: '2026' };
    for (const owner of order) ledger.set(owner, seniority[owner]!, compiled({ vip: `goto ${owner}` }));
    expect([...ledger.entries()]).toEqual([service('vip', 'goto old')]);
    expect(ledger.conflicts()).toEqual([{ claim: 'vip', winner: 'old', loser: 'young' }]);
    expect(ledger.inForce('young').claims).toEqual([]);
    expect(ledger.set('old', '2025', undefined)).toMatchObject({
      deletes: [service('vip', 'goto old')],
      adds: [service('vip', 'goto young')],
    });
    expect(ledger.conflicts()).toEqual([]);
    ledger.set('old', '2025', compiled({ vip: 'goto old' }));
    for (const owner of order) ledger.set(owner, seniority[owner]!, undefined);
    expect(ledger.conflicts()).toEqual([]);
  });

  it('a loser that changes changes nothing in the kernel', () => {
    const ledger = new Ledger();
    ledger.set('old', '1', compiled({ vip: 'goto s-1' }));
    ledger.set('young', '2', compiled({ vip: 'goto s-2' }));
    expect(ledger.set('young', '2', compiled({ vip: 'goto s-3' }))).toMatchObject({ deletes: [], adds: [] });
  });

  it('takes the first of two claims of one owner for the same virtual server', () => {
    const ledger = new Ledger();
    const twice: CompiledService = {
      claims: [
        { id: 'vip', port: PORT, entries: [service('vip', 'goto s-1')] },
        { id: 'vip', port: PORT, entries: [service('vip', 'goto s-2')] },
      ],
      shared: [],
    };
    expect(ledger.set('a', '1', twice).adds).toEqual([service('vip', 'goto s-1')]);
  });

  it('remembers what the owner had, so that a refused change can be taken back', () => {
    const ledger = new Ledger();
    ledger.set('a', '1', compiled({ x: 'goto s-1' }));
    const { before } = ledger.set('a', '1', compiled({ x: 'goto s-2' }));
    ledger.set('a', '1', before);
    expect([...ledger.entries()]).toEqual([service('x', 'goto s-1')]);
  });

  it('gives what an owner has left over to anyone who wants it', () => {
    const ledger = new Ledger();
    const entries = [service('vip', 'goto old')];
    ledger.set('old', '1', { claims: [{ id: 'vip', entries, isLeftover: true }], shared: [] });
    expect([...ledger.entries()]).toEqual(entries);
    expect(ledger.set('young', '2', compiled({ vip: 'goto young' })).adds).toEqual([service('vip', 'goto young')]);
    // Nobody has lost anything that he wants.
    expect(ledger.conflicts()).toEqual([]);
  });

  it('remembers who had a virtual server until the kernel has followed', () => {
    const ledger = new Ledger();
    ledger.set('young', '2', compiled({ vip: 'goto young', other: 'goto young' }));
    ledger.confirm(() => true);
    ledger.set('young', '2', compiled({ vip: 'goto young' }));
    ledger.set('old', '1', compiled({ vip: 'goto old', other: 'goto old', new: 'goto old' }));
    const holders = (): unknown[] => ['vip', 'other', 'new'].map(id => ledger.lastWinnerOf(id));
    expect(holders()).toEqual(['young', 'young', 'old']);
    ledger.confirm(owner => owner === 'young');
    expect(holders()).toEqual(['young', 'young', 'old']);
    // However many want it meanwhile.
    ledger.set('oldest', '0', compiled({ vip: 'goto oldest' }));
    expect(holders()).toEqual(['young', 'young', 'old']);
    ledger.set('oldest', '0', undefined);
    ledger.confirm(owner => owner === 'old');
    expect(holders()).toEqual(['old', 'old', 'old']);
  });
});
