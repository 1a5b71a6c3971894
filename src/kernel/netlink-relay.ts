import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Hands on the kernel's messages about tables of one name: Node has no netlink sockets, and perl is on every Debian. What is of other
 * tables is dropped right here, so that it costs next to nothing however much there is; of one transaction only the first messages are
 * handed on. docs/adr/0009-who-changed-our-tables.md has why this is not `nft monitor`.
 *
 * The first message is a NLMSG_NOOP: from then on all is told. An NLMSG_OVERRUN says that something was lost, a NLMSG_NOOP with flag 1
 * before the end of a transaction that not all of it is told. The program ends with its standard input.
 */
const PROGRAM = String.raw`
use strict;
my ($table, $most) = @ARGV;
# AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER
socket(my $netlink, 16, 3, 12) or die "no netlink socket: $!\n";
# SO_RCVBUFFORCE, or as much as SO_RCVBUF gives
setsockopt($netlink, 1, 33, pack('i', 8 << 20)) or setsockopt($netlink, 1, 8, pack('i', 8 << 20));
# the group NFNLGRP_NFTABLES
bind($netlink, pack('S S L L', 16, 0, 0, 1 << 6)) or die "no messages of nftables: $!\n";
sub hand_on {
  my ($data) = @_;
  for (my $at = 0; $at < length $data;) {
    my $written = syswrite(STDOUT, $data, length($data) - $at, $at);
    exit 0 unless defined $written;
    $at += $written;
  }
}
sub note { hand_on(pack('L S S L L', 16, @_, 0, 0)) }
# The attribute with the table's name, as it is in every message about something in it.
my $name = pack('S S', 5 + length $table, 1) . "$table\0";
my ($watched, $only) = ('', '');
vec($watched, fileno $_, 1) = 1 for *STDIN, $netlink;
vec($only, fileno $netlink, 1) = 1;
my $seen = 0;
note(1, 0);
while (1) {
  next if select(my $ready = $watched, undef, undef, undef) < 0;
  exit 0 if vec($ready, fileno STDIN, 1) && !sysread(STDIN, my $nothing, 4096);
  next unless vec($ready, fileno $netlink, 1);
  if (!defined sysread($netlink, my $data, 1 << 17)) {
    next if $!{EINTR};
    die "reading failed: $!\n" unless $!{ENOBUFS};
    # Until all that waits has been read, the kernel goes on dropping messages without a word.
    sysread($netlink, $data, 1 << 17) while select(my $more = $only, undef, undef, 0) > 0;
    $seen = 0;
    note(4, 0);
  } elsif (unpack('x4 S', $data) == 0x0a0f) {
    # NFT_MSG_NEWGEN, the end of a transaction
    next unless $seen;
    note(1, 1) if $seen > $most;
    hand_on($data);
    $seen = 0;
  } elsif (index($data, $name) >= 0) {
    hand_on($data) if $seen++ < $most;
  }
}
`;

/** So many messages of one transaction are handed on, of some kilobytes each. */
const MESSAGES_OF_ONE = 4;

/** Starts the relay; its standard output is for TableMessages of nfnetlink.ts. It ends with this process. */
export const startNetlinkRelay = (table: string): ChildProcess =>
  // Not through execa: it would keep all that is printed for as long as the process lives.
  spawn('perl', ['-MErrno', '-e', PROGRAM, table, String(MESSAGES_OF_ONE)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { LC_ALL: 'C', PATH: process.env['PATH'] },
  });
