import { closeSync } from 'node:fs';
import { runCommand } from './command.ts';
import type { ScratchFile } from './scratch-file.ts';

/** One UDP entry of connection tracking: what matters of its two tuples. Addresses are as the kernel prints them. */
export interface UdpFlow {
  readonly originalDestination: string;
  readonly originalPort: number;
  readonly replySource: string;
  readonly replyPort: number;
}

const TIMEOUT_MS = 60_000;
/** `udp 17 29 src=A dst=B sport=1 dport=2 [UNREPLIED] src=C dst=D sport=3 dport=4 mark=0 use=1` */
const LINE = /^udp\s.*?\bdst=(\S+) sport=\d+ dport=(\d+)\s.*?\bsrc=(\S+) dst=\S+ sport=(\d+) /;

/**
 * Lists the UDP flows of a family.
 * @throws CommandError where there is no conntrack program, or it may not look
 */
export async function listUdpFlows(family: 'ipv4' | 'ipv6'): Promise<UdpFlow[]> {
  const printed = await runCommand('conntrack', ['-L', '-f', family, '-p', 'udp'], { timeoutMs: TIMEOUT_MS });
  const flows: UdpFlow[] = [];
  for (const line of printed.split('\n')) {
    const match = LINE.exec(line);
    if (!match) continue;
    const [, originalDestination = '', originalPort, replySource = '', replyPort] = match;
    flows.push({ originalDestination, originalPort: Number(originalPort), replySource, replyPort: Number(replyPort) });
  }
  return flows;
}

/**
 * Deletes, in one batch, all flows that were sent to the same address and port and are answered by the same endpoint as one of these. What
 * is gone already is no failure.
 * @returns how many entries were deleted. @throws CommandError
 */
export async function deleteUdpFlows(
  family: 'ipv4' | 'ipv6',
  flows: readonly UdpFlow[],
  scratch: ScratchFile,
): Promise<number> {
  const lines = flows.map(
    ({ originalDestination, originalPort, replySource, replyPort }) =>
      `-D -f ${family} -p udp --orig-dst ${originalDestination} --orig-port-dst ${originalPort} --reply-src ${replySource} --reply-port-src ${replyPort}\n`,
  );
  const stdin = scratch.write(lines.join(''));
  try {
    const printed = await runCommand('conntrack', ['-R', '/dev/stdin'], { stdin, timeoutMs: TIMEOUT_MS });
    return printed.split('\n').filter(line => line.startsWith('udp')).length;
  } finally {
    closeSync(stdin);
  }
}
