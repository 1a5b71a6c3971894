import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cleanUp } from '../../../../src/cli/commands/cleanup.ts';
import * as families from '../../../../src/kernel/families.ts';
import type * as logging from '../../../../src/telemetry/logger.ts';
import { FakePrograms } from '../../../fakes/fake-programs.ts';
import { configuration, configurationFile } from '../../../support/configuration.ts';
import { keptLog } from '../../../support/log-lines.ts';
import { runMain } from '../run-main.ts';

vi.mock('../../../../src/kernel/families.ts', { spy: true });
// The list of this machine's virtual servers is none of a test's business.
vi.mock('../../../../src/kernel/ipvs.ts', () => ({
  readVirtualServers: async () => undefined,
  changeVirtualServers: async () => Promise.reject(new Error('there are none')),
}));

// What the program logs goes to its standard error, past the streams of a test.
const logged = vi.hoisted((): string[] => []);
vi.mock('../../../../src/telemetry/logger.ts', async importOriginal => {
  const { createLogger, ...rest } = await importOriginal<typeof logging>();
  const keeping: typeof createLogger = options =>
    createLogger({
      ...options,
      format: 'json',
      write: line => void logged.push((JSON.parse(line) as { msg: string }).msg),
    });
  return { ...rest, createLogger: keeping };
});

let programs: FakePrograms;
beforeEach(() => {
  programs = new FakePrograms();
  logged.length = 0;
  vi.mocked(families.hasIPv6).mockReturnValue(true);
  // Nothing but these programs is found: what other modes have left on this machine stays.
  vi.stubEnv('PATH', programs.path);
  programs.add('ip', 'echo "[]"');
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  programs[Symbol.dispose]();
});

const fields = (): string => `sluice: {nftPath: nft, runtimeDirectory: ${programs.file('run')}}`;

/** Cleans up; what was logged comes with the exit status. */
async function clean(): Promise<{ status: number; lines: readonly string[] }> {
  const log = keptLog('info');
  return { status: await cleanUp(configuration(fields()), log.logger), lines: log.lines };
}

const nftCalls = (): readonly string[] => programs.calls.filter(call => call.startsWith('nft '));

describe('sluice cleanup', () => {
  it.each([['cleanup'], ['--cleanup']])(
    '%s removes the tables of both families, and asks no API server',
    async word => {
      programs.add('nft', 'echo "nftables v1.0.6"');
      programs.write('config.yaml', configurationFile(fields()));
      expect(await runMain([word, `--config=${programs.file('config.yaml')}`])).toEqual({
        status: 0,
        stdout: '',
        stderr: '',
      });
      expect(logged).toEqual(['nftables: table removed', 'nftables: table removed']);
      expect(nftCalls()).toEqual(['nft --version', 'nft -f /dev/stdin', 'nft -f /dev/stdin']);
      expect(programs.input).toBe(
        ['ip', 'ip6'].map(family => `add table ${family} kube-proxy\ndelete table ${family} kube-proxy\n`).join(''),
      );
    },
  );

  it('leaves IPv6 alone where the kernel has none', async () => {
    vi.mocked(families.hasIPv6).mockReturnValue(false);
    programs.add('nft', 'true');
    expect(await clean()).toEqual({ status: 0, lines: ['info: nftables: table removed'] });
    expect(programs.input).toBe('add table ip kube-proxy\ndelete table ip kube-proxy\n');
  });

  it('has nothing to do where there is no nft', async () => {
    expect(await clean()).toEqual({
      status: 0,
      lines: ['info: there is no nft on this machine, so nothing of ours either'],
    });
  });

  it('ends with 1 where nft does not run', async () => {
    programs.add('nft', 'exit 127');
    expect(await clean()).toEqual({ status: 1, lines: ['error: nftables: nft does not run'] });
    expect(nftCalls()).toEqual(['nft --version']);
  });

  it('goes on with the other family where one cannot be removed, and ends with 1', async () => {
    programs.add(
      'nft',
      'if grep -q "ip kube-proxy" "$folder/input" && [ ! -e "$folder/failed" ]; then : >"$folder/failed"; exit 1; fi 2>/dev/null; true',
    );
    expect(await clean()).toEqual({
      status: 1,
      lines: ['error: nftables: the table cannot be removed', 'info: nftables: table removed'],
    });
    expect(programs.input).toContain('delete table ip6 kube-proxy\n');
  });

  it('removes what mode ipvs has made: routes, and the guard against ARP', async () => {
    programs.add('nft', 'true');
    programs.add(
      'ip',
      `case "$*" in
      '-4 -j route show table local proto 107') echo '[{"type":"local","dst":"10.96.0.0/16","dev":"lo"}]';;
      *-batch*) cat >>"$folder/batch";;
      *) echo '[]';; esac`,
    );
    const { status, lines } = await clean();
    expect({ status, line: lines.at(-1) }).toEqual({ status: 0, line: 'info: what mode ipvs had left is gone' });
    expect(programs.read('batch')).toBe('route del local 10.96.0.0/16 dev lo table local proto 107\n');
    expect(programs.input).toContain('delete table arp kube-proxy\n');
  });

  it('ends with 1 where leftovers of other modes cannot be looked for', async () => {
    programs.add('nft', 'true');
    programs.add('ip', 'exit 1');
    const { status, lines } = await clean();
    expect(status).toBe(1);
    expect(lines.at(-1)).toMatch(/^error: left by another mode of kube-proxy, and cannot be removed: /);
  });

  it('removes them after the tables, and tells', async () => {
    programs.add('nft', 'true');
    programs.add(
      'iptables-nft-save',
      'printf "*nat\\n:PREROUTING ACCEPT [0:0]\\n:KUBE-SERVICES - [0:0]\\n-A PREROUTING -j KUBE-SERVICES\\nCOMMIT\\n"',
    );
    programs.add('iptables-nft-restore', 'cat /dev/stdin >"$folder/restored"');
    const { status, lines } = await clean();
    expect({ status, last: lines.at(-1) }).toEqual({
      status: 0,
      last: 'info: removed what other modes of kube-proxy had left',
    });
    expect(programs.read('restored')).toContain('-X KUBE-SERVICES\n');
    expect(programs.calls.findIndex(call => call.startsWith('iptables-nft-restore'))).toBeGreaterThan(
      programs.calls.lastIndexOf('nft -f /dev/stdin'),
    );
  });
});
