import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DesiredTable } from '../../../../src/backend/nftables/desired-table.ts';
import { encodeDeclarations, encodeElementsText } from '../../../../src/backend/nftables/encode.ts';
import { TableKeeper } from '../../../../src/backend/nftables/table-keeper.ts';
import { commandsOfText } from '../../../fakes/fake-nft-commands.ts';
import { FakeNft } from '../../../fakes/fake-nft.ts';
import { chainsOf, elementsOf, type Tables } from '../../../property/kernel-content.ts';
import { keptLog } from '../../../support/log-lines.ts';
import { servicePlan } from '../../../support/plans.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

/** nft that lists a table in another way than it is. */
class TwistedNft extends FakeNft {
  twist = (listing: string): string => listing;

  override async listTable(family: 'ip' | 'ip6', table: string): Promise<string | undefined> {
    const listing = await super.listTable(family, table);
    return listing === undefined ? undefined : this.twist(listing);
  }
}

let nft: TwistedNft;
let log: ReturnType<typeof keptLog>;
/** What the kernel had after each transaction. */
let states: Tables[];
beforeEach(() => {
  nft = new TwistedNft();
  log = keptLog('warn');
  states = [];
  nft.kernel.observers.add((_, after) => void states.push(after));
});
afterEach(() => nft.close());

/** Another process, with a Service of two endpoints and one of none. */
function start(): { readonly keeper: TableKeeper; readonly table: DesiredTable } {
  const table = new DesiredTable(rulesetOptions());
  table.setService('d/web', servicePlan('d/web'));
  const virtualServers = [{ forward: 'none', unavailable: 'reject' }] as const;
  table.setService('d/none', servicePlan('d/none', { clusterIP: '10.96.0.2', endpoints: [], virtualServers }));
  return { keeper: new TableKeeper({ nft, dump: undefined, table, logger: log.logger }), table };
}

/** With all that belongs into the table written, and told as that of an earlier time. */
async function settled(): Promise<ReturnType<typeof start>> {
  const world = start();
  await world.keeper.keep();
  const chains = world.keeper.missingChains(['cluster-tcp-2']);
  await world.keeper.rewrite(new Set(chains.map(({ name }) => name)), false);
  await nft.apply(encodeElementsText('ipv4', { deletes: [], adds: [...world.table.ledger.entries()] }));
  states.length = 0;
  return world;
}

const tamper = (...lines: readonly string[]): void => {
  nft.kernel.apply(commandsOfText(lines.map(line => `${line}\n`).join('')));
  states.length = 0;
};
const IN = 'ip kube-proxy';
const calls = (what: 'apply' | 'list'): string[] => nft.calls.filter(call => call.what === what).map(call => call.text);

describe('TableKeeper.keep', () => {
  const OTHER_KIND = [
    `flush chain ${IN} dispatch`,
    `flush chain ${IN} masquerading`,
    `flush table ${IN}`,
    `delete map ${IN} services`,
    `add set ${IN} services { typeof ip daddr; }`,
  ];

  it('makes a table anew that cannot be used, at one blow, with all that belongs into it, and counts it', async () => {
    const { keeper } = await settled();
    const whole = [elementsOf(nft.kernel.tables), chainsOf(nft.kernel.tables)];
    tamper(...OTHER_KIND);
    const { found, written, repaired } = await keeper.keep();
    expect({ written, repaired }).toEqual({ written: 1, repaired: 1 });
    expect([...found.get('services')!.keys()]).toEqual(['10.96.0.1 . tcp . 80']);
    expect(states).toHaveLength(1);
    expect([elementsOf(nft.kernel.tables), chainsOf(nft.kernel.tables)]).toEqual(whole);
    expect(log.lines).toEqual(['warn: sets of another kind have the names of ours: the table is made anew']);
  });

  it('makes it anew without elements where the kernel refuses one of them', async () => {
    const { keeper } = await settled();
    tamper(...OTHER_KIND);
    nft.kernel.refuses.add('10.244.1.2');
    const { found, written } = await keeper.keep();
    expect([written, found.get('services')]).toEqual([1, new Map()]);
    expect(chainsOf(nft.kernel.tables).has(`${IN} nat-prerouting`)).toBe(true);
  });

  it.each([
    ['a listing says so', (listing: string) => listing.replace('"handle":1', '"handle":1,"flags":"dormant"')],
    ['nft 1.0.6 prints garbage for them', () => '\u0001'],
  ])('takes flags off that others gave the table, and counts that once: %s', async (_, twist) => {
    const { keeper } = await settled();
    nft.twist = listing => {
      nft.twist = text => text;
      return twist(listing);
    };
    const before = calls('apply').length;
    const { written, repaired } = await keeper.keep();
    expect({ written, repaired }).toEqual({ written: 1, repaired: 1 });
    expect(calls('apply').slice(before)).toEqual([encodeDeclarations('ipv4')]);
  });

  it('counts what it puts right besides, too', async () => {
    const { keeper } = await settled();
    tamper(`flush chain ${IN} dispatch`);
    nft.twist = listing => {
      nft.twist = text => text;
      return listing.replace('"handle":1', '"handle":1,"flags":"dormant"');
    };
    expect(await keeper.keep()).toMatchObject({ written: 1, repaired: 2 });
  });

  it('makes a map again that no rule needs', async () => {
    const { keeper } = await settled();
    tamper(`delete map ${IN} nodeport-endpoints-sctp`);
    expect(await keeper.keep()).toMatchObject({ written: 1 });
    expect(nft.kernel.tables.get(IN)?.containers.has('nodeport-endpoints-sctp')).toBe(true);
    expect(await keeper.keep()).toMatchObject({ written: 0 });
  });

  it('writes a chain once that this nft lists in its own way, and says so', async () => {
    nft.twist = listing => listing.replaceAll('port-unreachable', 'host-unreachable');
    const { keeper } = start();
    expect(await keeper.keep()).toMatchObject({ written: 1 });
    expect(log.records.map(({ chain }) => chain)).toEqual(['reject-chain', 'cluster-ips-check']);
    expect(await keeper.keep()).toMatchObject({ written: 0, repaired: 0 });
  });

  it('lists the table once more only where it is not known yet how this nft lists what it wrote', async () => {
    const { keeper } = start();
    await keeper.keep();
    expect(calls('list')).toHaveLength(2);
    tamper(`flush chain ${IN} dispatch`);
    expect(await keeper.keep()).toMatchObject({ written: 1, repaired: 1 });
    expect(calls('list')).toHaveLength(3);
  });
});

describe('TableKeeper, where another proxy is at work', () => {
  const OTHERS = [
    `add table ${IN}`,
    `add chain ${IN} nat-prerouting { type nat hook prerouting priority -100; }`,
    `add chain ${IN} reject-chain`,
    `add rule ${IN} reject-chain drop`,
    `add chain ${IN} services`,
    `add rule ${IN} nat-prerouting jump services`,
  ];

  it('leaves its chains as they are, of our names, too, until ours are complete', async () => {
    tamper(...OTHERS);
    const others = chainsOf(nft.kernel.tables);
    const { keeper } = start();
    expect(await keeper.keep()).toMatchObject({ written: 1 });
    expect(chainsOf(nft.kernel.tables)).toEqual(others);
    expect(keeper.takeOver).toBe('foreign');
    // Ours in the place of theirs, and then what is left of theirs.
    expect(await keeper.finish()).toBe(3);
    expect(chainsOf(states[1] ?? new Map()).get(`${IN} reject-chain`)?.rules).toEqual(['reject']);
    expect(chainsOf(nft.kernel.tables).has(`${IN} services`)).toBe(false);
    expect(await keeper.finish()).toBe(0);
  });

  it('knows afterwards that its own chains are there', async () => {
    tamper(...OTHERS);
    const { keeper } = start();
    await keeper.keep();
    await keeper.finish();
    tamper(`flush chain ${IN} nat-output`, `delete chain ${IN} nat-output`);
    expect(await keeper.keep()).toMatchObject({ written: 1, repaired: 1 });
  });
});

describe('TableKeeper.rewrite', () => {
  it('writes the chains that were touched and no others', async () => {
    const { keeper } = await settled();
    tamper(`flush chain ${IN} cluster-tcp-2`, `flush chain ${IN} dispatch`);
    const before = calls('apply').length;
    expect(await keeper.rewrite(new Set(['dispatch', 'cluster-tcp-2']), false)).toBe(2);
    const [text = '', ...more] = calls('apply').slice(before);
    expect(more).toEqual([]);
    const flushed = [...text.matchAll(/^flush chain ip kube-proxy (\S+)$/gm)].map(([, name]) => name);
    expect(flushed).toEqual(['cluster-tcp-2', 'dispatch']);
    expect(text).not.toMatch(/add (?:set|map|table)/);
  });
});

describe('TableKeeper.missingChains', () => {
  it('is what a shape needs and is not there yet', async () => {
    const { keeper } = await settled();
    const names = (...shapes: readonly string[]): string[] => keeper.missingChains(shapes).map(({ name }) => name);
    expect(names('cluster-tcp-2')).toEqual([]);
    // It goes on to `cluster-tcp-2`, which is there.
    expect(names('external-tcp-2')).toEqual(['external-tcp-2']);
    expect(names('external-tcp-3')).toEqual(['cluster-tcp-3', 'external-tcp-3']);
  });

  it('is what was out of use when it was found, until it is written', async () => {
    const { keeper } = await settled();
    tamper(`add chain ${IN} cluster-tcp-7`);
    await keeper.keep();
    const missing = keeper.missingChains(['cluster-tcp-7']);
    expect(missing.map(({ name }) => name)).toEqual(['cluster-tcp-7']);
    keeper.markPresent(missing);
    expect(keeper.missingChains(['cluster-tcp-7'])).toEqual([]);
  });

  it('is nothing of what was put right', async () => {
    const { keeper, table } = await settled();
    const [endpoints, virtualServers] = [['10.244.1.2:1'], [{ masquerade: true }]];
    table.setService('d/web', servicePlan('d/web', { endpoints, virtualServers }));
    await keeper.rewrite(new Set(['external-tcp-1']), false);
    tamper(`flush chain ${IN} external-tcp-1`, `delete chain ${IN} cluster-tcp-1`);
    expect(await keeper.keep()).toMatchObject({ written: 1, repaired: 2 });
    expect(keeper.missingChains(['external-tcp-1', 'cluster-tcp-1'])).toEqual([]);
  });
});

describe('TableKeeper.tidy', () => {
  it('lets each chain wait until the next tidying, and writes nothing where none has waited', async () => {
    const { keeper } = await settled();
    tamper(`add chain ${IN} cluster-tcp-7`);
    await keeper.keep();
    const before = calls('apply').length;
    expect(await keeper.tidy()).toBe(true);
    expect(calls('apply')).toHaveLength(before);
    tamper(`add chain ${IN} cluster-tcp-8`);
    await keeper.keep();
    expect(await keeper.tidy()).toBe(true);
    const has = (name: string): boolean => chainsOf(nft.kernel.tables).has(`${IN} ${name}`);
    expect([has('cluster-tcp-7'), has('cluster-tcp-8'), has('cluster-tcp-2')]).toEqual([false, true, true]);
    expect(await keeper.tidy()).toBe(false);
    expect(has('cluster-tcp-8')).toBe(false);
  });

  it('leaves out what others have removed meanwhile', async () => {
    const { keeper } = await settled();
    tamper(`add chain ${IN} cluster-tcp-7`);
    await keeper.keep();
    expect(await keeper.tidy()).toBe(true);
    tamper(`delete chain ${IN} cluster-tcp-7`);
    await keeper.keep();
    expect(await keeper.tidy()).toBe(false);
    expect(nft.failures()).toEqual([]);
  });
});
