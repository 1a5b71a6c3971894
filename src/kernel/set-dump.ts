import { spawn, type ChildProcess } from 'node:child_process';
import { ElementMessages, type ElementVisitor } from './element-messages.ts';

/**
 * Asks the kernel for the elements of sets and maps, one after the other, and hands on its messages as they are. A set that changed
 * while it was read is read again. docs/adr/0010-elements-are-read-by-netlink.md has why this is not `nft list`.
 */
const PROGRAM = String.raw`
use strict;
my ($family, $table, @sets) = @ARGV;
# AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER
socket(my $netlink, 16, 3, 12) or die "no netlink socket: $!\n";
sub hand_on {
  my ($data) = @_;
  for (my $at = 0; $at < length $data;) {
    my $written = syswrite(STDOUT, $data, length($data) - $at, $at);
    exit 1 unless defined $written;
    $at += $written;
  }
}
sub attribute {
  my ($type, $text) = @_;
  my $attribute = pack('S S', 5 + length $text, $type) . "$text\0";
  return $attribute . "\0" x (-length($attribute) & 3);
}
for my $set (@sets) {
  for (my ($tries, $again) = (0, 1); $again && $tries < 10; $tries++) {
    # NFT_MSG_GETSETELEM with NLM_F_REQUEST | NLM_F_DUMP
    my $body = pack('C C n', $family, 0, 0) . attribute(1, $table) . attribute(2, $set);
    my $request = pack('L S S L L', 16 + length $body, 0x0a0d, 0x301, 1, 0) . $body;
    send($netlink, $request, 0, pack('S S L L', 16, 0, 0, 0)) or die "asking for $set failed: $!\n";
    $again = 0;
    for (my $done; !$done;) {
      if (!defined sysread($netlink, my $data, 1 << 17)) {
        next if $!{EINTR};
        die "reading $set failed: $!\n";
      } else {
        for (my $at = 0; $at + 16 <= length $data;) {
          my ($length, $type, $flags) = unpack("x$at L S S", $data);
          # NLM_F_DUMP_INTR
          $again = 1 if $flags & 0x10;
          # NLMSG_ERROR, NLMSG_DONE
          $done = 1 if $type == 2 || $type == 3;
          $at += ($length + 3) & ~3;
        }
        hand_on($data);
      }
    }
  }
}
`;

const TIMEOUT_MS = 60_000;
const STDERR_KEPT = 1024;
const FAMILIES = { ip: 2, ip6: 10 } as const;

export interface SetsToRead {
  readonly family: 'ip' | 'ip6';
  readonly table: string;
  readonly sets: readonly string[];
}

type Start = (file: string, args: readonly string[]) => ChildProcess;

const startHere: Start = (file, args) =>
  // Not through execa: it would keep all that is printed.
  spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { LC_ALL: 'C', PATH: process.env['PATH'] },
  });

/**
 * Reads all elements of sets and maps of one table, each as of one moment.
 * @param start starts the program; here, but in tests
 * @throws Error where there is no perl, where the kernel refuses, or where what came is not whole
 */
export function dumpSets(
  { family, table, sets }: SetsToRead,
  visitor: ElementVisitor,
  start: Start = startHere,
): Promise<void> {
  if (!sets.length) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const child = start('perl', ['-MErrno', '-e', PROGRAM, String(FAMILIES[family]), table, ...sets]);
    const messages = new ElementMessages(sets, visitor);
    const timer = setTimeout(() => fail(new Error(`not read within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
    let said = '';
    const fail = (error: Error): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(error);
    };
    child.stdout?.on('data', (bytes: Buffer) => {
      try {
        messages.push(bytes);
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
    child.stderr?.on('data', (bytes: Buffer) => {
      said = `${said}${bytes.toString()}`.slice(0, STDERR_KEPT);
    });
    child.on('error', error => fail(error));
    child.on('close', (code, signal) => {
      if (messages.isComplete) {
        clearTimeout(timer);
        resolve();
      } else fail(new Error(`perl ended early: ${said.trim() || (signal ?? code)}`));
    });
  });
}
