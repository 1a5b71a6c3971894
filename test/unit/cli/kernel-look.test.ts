import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lookUntilSettled } from '../../../src/cli/kernel-look.ts';
import * as families from '../../../src/kernel/families.ts';
import { Nft } from '../../../src/kernel/nft.ts';
import { SLICE_WEIGHTS } from '../../../src/model/endpoint-weights.ts';
import { ServiceIndex } from '../../../src/model/service-index.ts';
import { FakePrograms } from '../../fakes/fake-programs.ts';
import { service } from '../../support/builders.ts';
import { configuration } from '../../support/configuration.ts';

vi.mock('../../../src/kernel/families.ts', { spy: true });

let programs: FakePrograms;
beforeEach(() => {
  programs = new FakePrograms();
  vi.mocked(families.hasIPv6).mockReturnValue(false);
  vi.stubEnv('PATH', programs.path);
  programs.add('ip', 'case "$*" in *address*) echo "[]" ;; esac');
  // There are no tables.
  programs.add('nft', `case "$*" in *'list ruleset'*) echo '{"nftables": []}' ;; esac`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  programs[Symbol.dispose]();
});

describe('lookUntilSettled', () => {
  const looks = (): number => programs.calls.filter(call => call.includes('list ruleset')).length;

  it.each([
    { name: 'twice, where nothing has changed meanwhile', touched: [[], []], expected: 2 },
    { name: 'twice, where another Service has', touched: [[], ['default/other']], expected: 2 },
    { name: 'twice, where it had changed before', touched: [['default/web'], []], expected: 2 },
    {
      name: 'until a Service with a difference does not change any more',
      touched: [[], ['default/web'], ['default/other', 'default/web'], []],
      expected: 4,
    },
  ])('looks at what differs $name', async ({ touched, expected }) => {
    const index = new ServiceIndex();
    index.setService(service());
    const nft = new Nft({ path: 'nft', runtimeDirectory: programs.file('run') });
    const told = touched.map(owners => new Set(owners));
    const look = await lookUntilSettled(
      {
        objects: () => ({ index, nodes: [], serviceCIDRs: [], weights: SLICE_WEIGHTS, ofOtherProxies: new Set() }),
        takeTouched: () => told.shift() ?? new Set(),
      },
      {
        configuration: configuration(),
        nodeName: 'node-a',
        node: { name: undefined, addresses: [], zone: undefined },
        nft,
        logger: pino({ level: 'silent' }),
      },
    );
    nft.close();
    expect(looks()).toBe(expected);
    expect(look.differences.map(({ owner }) => owner)).toContain('default/web');
  });
});
