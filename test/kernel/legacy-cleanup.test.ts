import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeOtherModes } from '../../src/backend/legacy/apply.ts';
import { cleanUp } from '../../src/cli/commands/cleanup.ts';
import { FAMILIES } from '../../src/model/ip.ts';
import { configuration } from '../support/configuration.ts';
import { TestNamespace } from '../support/netns.ts';
import { mustSkip } from '../support/requirements.ts';
import { recordedRules } from '../unit/backend/legacy/recorded-rules.ts';
import { LegacyPrograms } from './legacy-programs.ts';

const PROGRAMS = ['nft', 'ip', 'ipset', 'iptables-nft-save', 'iptables-nft-restore', 'ip6tables-nft-save'];

describe.skipIf(mustSkip('cleanup', ...PROGRAMS))('cleanup', () => {
  let node: TestNamespace;
  let programs: LegacyPrograms;
  let runtimeDirectory: string;
  let logged: Record<string, unknown>[];
  const stream = { write: (line: string): void => void logged.push(JSON.parse(line) as Record<string, unknown>) };
  const logger = pino({ level: 'debug' }, stream);

  beforeEach(() => {
    node = new TestNamespace();
    programs = new LegacyPrograms(node, PROGRAMS);
    runtimeDirectory = join(node.directory, 'run');
    mkdirSync(runtimeDirectory);
    logged = [];
  });
  afterEach(() => {
    programs.restore();
    node.remove();
  });

  const inNode = (...command: [string, ...string[]]): string => programs.outside(() => node.run(...command));
  const leaveRules = (): void => {
    const path = join(node.directory, 'rules');
    writeFileSync(path, recordedRules('iptables-mode').all);
    inNode('sh', '-c', `iptables-nft-restore <${path}`);
  };
  const clean = (): Promise<number> => {
    logged = [];
    const base = configuration();
    return cleanUp({ ...base, sluice: { ...base.sluice, runtimeDirectory } }, logger);
  };
  const told = (level: 'info' | 'warn' | 'error'): unknown[] =>
    logged.filter(line => line['level'] === logger.levels.values[level]).map(({ msg }) => msg);
  const isLeft = (): boolean => /KUBE-SVC-|kube-proxy/.test(inNode('nft', 'list', 'ruleset'));

  it('removes the tables of nftables mode and the rules of mode iptables, and nothing else', async () => {
    leaveRules();
    for (const family of ['ip', 'ip6']) inNode('nft', 'add', 'table', family, 'kube-proxy');
    inNode('nft', 'add table inet mine { chain input { type filter hook input priority 0; }; }');
    expect(isLeft()).toBe(true);
    expect(await clean()).toBe(0);
    expect(isLeft()).toBe(false);
    const left = inNode('nft', 'list', 'ruleset');
    expect(left).toContain('table inet mine');
    expect(left).toContain('chain KUBE-FIREWALL');
    expect(told('info')).toContain('removed what other modes of kube-proxy had left');
    expect([...told('warn'), ...told('error')]).toEqual([]);

    expect(await clean()).toBe(0);
    expect(told('info')).not.toContain('removed what other modes of kube-proxy had left');
    expect(inNode('nft', 'list', 'ruleset')).toBe(left);
  });

  it('exits with 1, having done the rest, where a program fails', async () => {
    leaveRules();
    inNode('nft', 'add', 'table', 'ip', 'kube-proxy');
    programs.outside(() => programs.add(node, 'iptables-nft-save', 'sh -c "echo broken >&2; exit 3"'));
    expect(await clean()).toBe(1);
    expect(told('error')).toEqual([expect.stringContaining('rules of ipv4 (iptables-nft)')]);
    expect(inNode('nft', 'list', 'tables')).not.toContain('kube-proxy');
  });

  it('exits with 1, having done the rest, where nft fails', async () => {
    leaveRules();
    programs.outside(() => programs.add(node, 'nft', 'sh -c "echo broken >&2; exit 3"'));
    expect(await clean()).toBe(1);
    expect(isLeft()).toBe(false);
  });

  it('at the start of a controller says how much it has removed', async () => {
    leaveRules();
    await removeOtherModes({ families: FAMILIES, runtimeDirectory, logger });
    expect(isLeft()).toBe(false);
    expect(logged).toContainEqual(
      expect.objectContaining({ rules: 12, chains: 21, sets: 0, virtualServers: 0, interfaces: 0 }),
    );
  });

  it('at the start of a controller only warns of what fails', async () => {
    leaveRules();
    programs.outside(() => programs.add(node, 'iptables-nft-restore', 'sh -c "echo broken >&2; exit 3"'));
    await removeOtherModes({ families: FAMILIES, runtimeDirectory, logger });
    expect(told('warn')).toHaveLength(3);
    expect(told('error')).toEqual([]);
  });
});
