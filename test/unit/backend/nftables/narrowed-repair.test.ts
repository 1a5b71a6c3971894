import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { NftablesBackend } from '../../../../src/backend/nftables/apply.ts';
import type { DumpSets } from '../../../../src/backend/nftables/read-table.ts';
import type { RulesetOptions } from '../../../../src/backend/nftables/schema.ts';
import { readAhead } from '../../../../src/backend/nftables/table-reader.ts';
import { TouchedParts, type ForeignCommit } from '../../../../src/backend/nftables/touched-parts.ts';
import { commandsOfText } from '../../../fakes/fake-nft-commands.ts';
import { FakeNft } from '../../../fakes/fake-nft.ts';
import { servicePlan } from '../../../support/plans.ts';

const ruleset: RulesetOptions = {
  family: 'ipv4',
  localSource: undefined,
  masqueradeAll: false,
  masqueradeMark: 0x4000,
  nodePorts: 'all',
  affinity: 'learnt',
};
const logger = pino({ level: 'silent' });
const nothingDumped: DumpSets = () => Promise.reject(new Error('no perl'));

/** Of elements of the map `services`, of which no key is told. */
const OF_SERVICES: ForeignCommit = {
  changes: [{ verb: 'delete', what: 'element', family: 'ip', name: 'services' }],
  elements: [],
  isPartial: false,
  lacksElements: true,
};

function setUp() {
  const nft = new FakeNft();
  const touched = new TouchedParts();
  const start = (dump?: DumpSets): NftablesBackend => {
    const backend = new NftablesBackend({ nft, ...(dump && { dump }), rulesets: [ruleset], logger, touched });
    backend.stage('ipv4', 'd/web', servicePlan('d/web'));
    return backend;
  };
  const tamper = (text: string): void => nft.kernel.apply(commandsOfText(text));
  const services = (): readonly string[] => [
    ...(nft.kernel.tables.get('ip kube-proxy')?.containers.get('services')?.elements.keys() ?? []),
  ];
  const listed = (): number => nft.calls.filter(({ what }) => what === 'list').length;
  return { nft, touched, start, tamper, services, listed };
}

const KEY = '10.96.0.1 . tcp . 80';
const DELETED = `delete element ip kube-proxy services { ${KEY} }\n`;

describe('a repair', () => {
  it('puts right what others touched after the first comparison had been read ahead', async () => {
    const { nft, touched, start, tamper, services } = setUp();
    await start().commit();
    const next = start();
    const contents = readAhead(['ipv4'], { nft, logger });
    await Promise.all(contents.values());
    next.readAhead(contents);
    tamper(DELETED);
    touched.note(OF_SERVICES);
    expect(await next.commit()).toMatchObject({ transactions: 0, verified: true });
    expect(services()).toEqual([]);
    expect(await next.repair()).toMatchObject({ added: 1, verified: false, drifted: new Map([['ipv4', 1]]) });
    expect(services()).toEqual([KEY]);
  });

  it('does not look again at what a comparison has found since', async () => {
    const { touched, start, tamper, services, listed } = setUp();
    const backend = start();
    await backend.commit();
    tamper(DELETED);
    touched.note(OF_SERVICES);
    expect(await backend.resync()).toMatchObject({ added: 1, drifted: new Map([['ipv4', 1]]) });
    expect(services()).toEqual([KEY]);
    const before = listed();
    expect(await backend.repair()).toMatchObject({ transactions: 0, drifted: new Map() });
    expect(listed()).toBe(before);
  });

  it('reads by nft where the kernel cannot be asked', async () => {
    const { touched, start, tamper, services, listed } = setUp();
    const backend = start(nothingDumped);
    await backend.commit();
    tamper(DELETED);
    touched.note(OF_SERVICES);
    const before = listed();
    expect(await backend.repair()).toMatchObject({ added: 1, verified: false, drifted: new Map([['ipv4', 1]]) });
    expect(listed()).toBe(before + 1);
    expect(services()).toEqual([KEY]);
  });

  it('compares all while the kernel is not known', async () => {
    const { touched, start, services } = setUp();
    touched.note(OF_SERVICES);
    expect(await start().repair()).toMatchObject({ verified: true, refused: [] });
    expect(services()).toEqual([KEY]);
  });
});
