import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deleteUdpFlows, listUdpFlows, type UdpFlow } from '../../../src/kernel/conntrack.ts';
import { ScratchFile } from '../../../src/kernel/scratch-file.ts';
import { FakePrograms } from '../../fakes/fake-programs.ts';

let programs: FakePrograms;
beforeEach(() => {
  programs = new FakePrograms();
  vi.stubEnv('PATH', programs.searchPath);
});
afterEach(() => {
  vi.unstubAllEnvs();
  programs[Symbol.dispose]();
});

const dns: UdpFlow = {
  originalDestination: '10.96.0.10',
  originalPort: 53,
  replySource: '10.244.1.2',
  replyPort: 5353,
};

describe('listUdpFlows', () => {
  // Lines as conntrack 1.4.7 and 1.4.8 print them.
  const cases: readonly { readonly name: string; readonly line: string; readonly flows: readonly UdpFlow[] }[] = [
    {
      name: 'answered',
      line: 'udp      17 119 src=10.244.1.9 dst=10.96.0.10 sport=41952 dport=53 src=10.244.1.2 dst=10.244.1.9 sport=5353 dport=41952 [ASSURED] mark=0 use=1',
      flows: [dns],
    },
    {
      name: 'without an answer yet',
      line: 'udp      17 29 src=10.244.1.9 dst=10.96.0.10 sport=41952 dport=53 [UNREPLIED] src=10.244.1.2 dst=10.244.1.9 sport=5353 dport=41952 mark=0 use=1',
      flows: [dns],
    },
    {
      name: 'in a flowtable: it has no time-out',
      line: 'udp      17 src=10.244.1.9 dst=10.96.0.10 sport=41952 dport=53 src=10.244.1.2 dst=192.168.100.1 sport=5353 dport=41952 [OFFLOAD] mark=0 use=2',
      flows: [dns],
    },
    {
      name: 'with counters and a zone',
      line: 'udp      17 29 src=10.244.1.9 dst=10.96.0.10 sport=41952 dport=53 zone=1 packets=1 bytes=60 [UNREPLIED] src=10.244.1.2 dst=10.244.1.9 sport=5353 dport=41952 packets=0 bytes=0 mark=0 use=1',
      flows: [dns],
    },
    {
      name: 'IPv6',
      line: 'udp      17 29 src=fd00:10:244:1::9 dst=fd00:10:96::10 sport=41952 dport=53 [UNREPLIED] src=fd00:10:244:1::2 dst=fd00:10:244:1::9 sport=5353 dport=41952 mark=0 use=1',
      flows: [{ ...dns, originalDestination: 'fd00:10:96::10', replySource: 'fd00:10:244:1::2' }],
    },
    {
      name: 'not translated',
      line: 'udp      17 29 src=10.244.1.9 dst=10.96.0.10 sport=41952 dport=53 [UNREPLIED] src=10.96.0.10 dst=10.244.1.9 sport=53 dport=41952 mark=0 use=1',
      flows: [{ ...dns, replySource: '10.96.0.10', replyPort: 53 }],
    },
    {
      name: 'another protocol',
      line: 'udplite  136 29 src=10.244.1.9 dst=10.96.0.10 sport=41952 dport=53 src=10.244.1.2 dst=10.244.1.9 sport=5353 dport=41952 mark=0 use=1',
      flows: [],
    },
    { name: 'half a line', line: 'udp      17 29 src=10.244.1.9 dst=10.96.0.10 sport=41952', flows: [] },
    { name: 'nothing', line: '', flows: [] },
  ];
  it.each(cases)('$name', async ({ line, flows }) => {
    programs.write('listed', `${line}\n`);
    programs.add('conntrack', 'cat "$folder/listed"');
    expect(await listUdpFlows('ipv4')).toEqual(flows);
  });

  it('asks for one family, and takes no notice of the count that conntrack adds', async () => {
    programs.add('conntrack', 'echo "conntrack v1.4.7 (conntrack-tools): 0 flow entries have been shown." >&2');
    expect(await listUdpFlows('ipv6')).toEqual([]);
    expect(programs.calls).toEqual(['conntrack -L -f ipv6 -p udp']);
  });

  it('throws where conntrack may not look, or is not there', async () => {
    programs.add(
      'conntrack',
      'echo "conntrack v1.4.7 (conntrack-tools): Operation failed: Operation not permitted" >&2; exit 1',
    );
    await expect(listUdpFlows('ipv4')).rejects.toThrow('Operation not permitted');
    vi.stubEnv('PATH', '/nowhere');
    await expect(listUdpFlows('ipv4')).rejects.toMatchObject({ isMissing: true });
  });
});

describe('deleteUdpFlows', () => {
  const printed =
    'udp      17 29 src=10.244.1.9 dst=10.96.0.10 sport=1 dport=53 src=10.244.1.2 dst=10.244.1.9 sport=5353 dport=1';

  it('deletes all in one batch, and counts what was deleted', async () => {
    programs.write('deleted', `${printed}\n${printed}\n`);
    programs.add('conntrack', 'cat "$folder/deleted"; echo "2 flow entries have been deleted." >&2');
    const scratch = new ScratchFile(programs.path);
    const flows = [dns, { ...dns, originalDestination: '203.0.113.1', originalPort: 5300 }];
    expect(await deleteUdpFlows('ipv4', flows, scratch)).toBe(2);
    expect(programs.calls).toEqual(['conntrack -R /dev/stdin']);
    expect(programs.input).toBe(
      '-D -f ipv4 -p udp --orig-dst 10.96.0.10 --orig-port-dst 53 --reply-src 10.244.1.2 --reply-port-src 5353\n' +
        '-D -f ipv4 -p udp --orig-dst 203.0.113.1 --orig-port-dst 5300 --reply-src 10.244.1.2 --reply-port-src 5353\n',
    );
    scratch.close();
  });

  it('counts none where they are gone already', async () => {
    programs.add('conntrack', 'echo "0 flow entries have been deleted." >&2');
    const scratch = new ScratchFile(programs.path);
    expect(await deleteUdpFlows('ipv6', [dns], scratch)).toBe(0);
    expect(programs.input).toMatch(/^-D -f ipv6 /);
    scratch.close();
  });

  it('throws where it failed, and can be used again', async () => {
    programs.add('conntrack', 'exit 1');
    const scratch = new ScratchFile(programs.path);
    await expect(deleteUdpFlows('ipv4', [dns], scratch)).rejects.toThrow('conntrack -R');
    programs.add('conntrack', 'true');
    expect(await deleteUdpFlows('ipv4', [dns], scratch)).toBe(0);
    scratch.close();
  });
});
