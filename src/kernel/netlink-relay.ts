import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Hands on the kernel's messages about tables of one name: Node has no netlink sockets, and perl is on every Debian. What is of other
 * tables is dropped right here, so that it costs next to nothing however much there is; of one transaction only the first datagrams are
 * handed on, and later ones that have something else in them than elements of sets and maps that were named before.
 * docs/adr/0009-who-changed-our-tables.md has why this is not `nft monitor`.
 *
 * The first message is a NLMSG_NOOP: from then on all is told. An NLMSG_OVERRUN says that something was lost. Before the end of a
 * transaction that not all of it is told a NLMSG_NOOP says so: with flag 1 where just anything may be missing, with flag 2 where it is
 * elements of sets and maps that are named. The program ends with its standard input.
 */
const PROGRAM = String.raw`
use strict;
my ($table, $first, $most) = @ARGV;
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
$name .= "\0" x (-length($name) & 3);
my ($watched, $only) = ('', '');
vec($watched, fileno $_, 1) = 1 for *STDIN, $netlink;
vec($only, fileno $netlink, 1) = 1;
# Messages about elements: NFT_MSG_NEWSETELEM, NFT_MSG_DELSETELEM.
my $element = qr/[\x0c\x0e]\x0a.{10}/s;
# How many datagrams came, how many were handed on; sets and maps that these had elements of, by family and what is with it.
my ($seen, $handed, $skipped, %named) = (0, 0, 0);
# Something else than such elements. What stands before the name within one transaction is the same in each message of a family.
my $new;
sub begin {
  ($seen, $handed, $skipped, %named) = (0, 0, 0);
  undef $new;
}
sub learn {
  my ($data) = @_;
  $named{substr($data, $-[1], 4)}{substr($data, $-[2], unpack('S', $2))} = 1
    while $data =~ /$element(....)\Q$name\E(..)\x02\0/gs;
  my @known = map {
    my $family = $_;
    "(?<=\Q$family$name\E)(?:" . join('|', map { quotemeta } keys %{$named{$family}}) . ')';
  } keys %named;
  $new = @known ? do { my $known = join '|', @known; qr/\Q$name\E(?!(?<=$element....\Q$name\E)(?:$known))/s } : qr/^/;
}
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
    begin();
    note(4, 0);
  } elsif (unpack('x4 S', $data) == 0x0a0f) {
    # NFT_MSG_NEWGEN, the end of a transaction
    next unless $seen;
    note(1, $handed < $most ? 2 : 1) if $skipped;
    hand_on($data);
    begin();
  } elsif (index($data, $name) >= 0) {
    if ($seen++ < $first || ($handed < $most && $data =~ ($new //= qr/^/))) {
      hand_on($data);
      $handed++;
      learn($data) if $seen > $first;
    } else {
      $skipped++;
    }
  }
}
`;

/** So many datagrams of one transaction are handed on, whatever is in them, of some kilobytes each; */
const FIRST_OF_ONE = 8;
/** and so many in all, where they have something else than those before. */
const MOST_OF_ONE = 64;

/** Starts the relay; its standard output is for TableMessages of nfnetlink.ts. It ends with this process. */
export const startNetlinkRelay = (table: string): ChildProcess =>
  // Not through execa: it would keep all that is printed for as long as the process lives.
  spawn('perl', ['-MErrno', '-e', PROGRAM, table, String(FIRST_OF_ONE), String(MOST_OF_ONE)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { LC_ALL: 'C', PATH: process.env['PATH'] },
  });
