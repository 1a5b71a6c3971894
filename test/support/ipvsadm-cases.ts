// What becomes of lines of `ipvsadm -R`, one after the other: of the real program (test/vm) and of the one that stands for it.

/** What the program says; undefined: nothing. */
type Said = string | RegExp | undefined;

export interface IpvsadmCase {
  readonly name: string;
  /** Each line, what is said to it, and whether the program ends there. */
  readonly lines: readonly (readonly [line: string, said?: Said, isFatal?: 'fatal'])[];
  /** What `ipvsadm -Sn` prints then, in its order. */
  readonly saved: readonly string[];
}

const WEB = '-t 10.96.0.1:80';
const ENDPOINT = '-r 10.244.1.2:8080';
const added = [`-A ${WEB} -s rr`, `-a ${WEB} ${ENDPOINT} -m -w 1`] as const;
const add = added.map(line => [line] as const);
const USAGE = /for more information\.$/;

/** Of which the one that stands for ipvsadm knows as much as tests of ours need. */
export const IPVSADM_CASES: readonly IpvsadmCase[] = [
  { name: 'what is new is added', lines: add, saved: added },
  {
    name: 'what is there cannot be added, and stays as it is',
    lines: [
      ...add,
      [`-A ${WEB} -s wrr -p 300`, 'Service already exists'],
      [`-a ${WEB} ${ENDPOINT} -m -w 5`, 'Destination already exists'],
    ],
    saved: added,
  },
  {
    name: 'what is not there can neither be changed nor deleted',
    lines: [
      [`-E ${WEB} -s rr`, 'No such service'],
      [`-D ${WEB}`, 'No such service'],
      [`-a ${WEB} ${ENDPOINT} -m -w 1`, 'Service not defined'],
      [`-e ${WEB} ${ENDPOINT} -m -w 1`, 'Service not defined'],
      [`-d ${WEB} ${ENDPOINT}`, 'Service not defined'],
      ...add,
      [`-e ${WEB} -r 10.244.1.3:8080 -m -w 1`, 'No such destination'],
      [`-d ${WEB} -r 10.244.1.3:8080`, 'No such destination'],
    ],
    saved: added,
  },
  {
    name: 'what is there is changed and deleted',
    lines: [
      ...add,
      [`-a ${WEB} -r 10.244.1.3:8080 -m -w 1`],
      [`-e ${WEB} ${ENDPOINT} -m -w 0`],
      [`-d ${WEB} -r 10.244.1.3:8080`],
      [`-E ${WEB} -s wrr -p 300`],
    ],
    saved: [`-A ${WEB} -s wrr -p 300`, `-a ${WEB} ${ENDPOINT} -m -w 0`],
  },
  {
    name: 'endpoints go with their virtual server',
    lines: [...add, [`-D ${WEB}`], [`-A ${WEB} -s rr`]],
    saved: [`-A ${WEB} -s rr`],
  },
  {
    name: 'a scheduler that the kernel lacks',
    lines: [[`-A ${WEB} -s nosuch`, 'Scheduler or persistence engine not found'], [`-A ${WEB} -s rr`]],
    saved: [`-A ${WEB} -s rr`],
  },
  {
    name: 'an endpoint that is no unicast address',
    lines: [
      [`-A ${WEB} -s rr`],
      [`-a ${WEB} -r 224.0.0.1:80 -m -w 1`, /^Invalid operation\.  Possibly wrong module version, address not unicast/],
    ],
    saved: [`-A ${WEB} -s rr`],
  },
  {
    name: 'a command with an option that there is none of is not carried out, which makes it a marker',
    lines: [
      ...add,
      [`-D ${WEB} --ack-of-mine`, '--ack-of-mine: unknown option'],
      ['-C --other', '--other: unknown option'],
    ],
    saved: added,
  },
  {
    name: 'empty lines are nothing, and blanks around a command either',
    lines: [[''], ['   '], [`  -A ${WEB} -s rr`]],
    saved: [`-A ${WEB} -s rr`],
  },
  ...(
    [
      ['an address that is none', '-A -t 10.96.0.300:80 -s rr', /^illegal virtual server address\[:port\] specified/],
      ['a port that is none', '-A -t 10.96.0.1:80000 -s rr', /^illegal virtual server address\[:port\] specified/],
      [
        'an endpoint that is none',
        `-a ${WEB} -r 10.244.1.2:x -m -w 1`,
        /^illegal real server address\[:port\] specified/,
      ],
      ['a weight that is none', `-a ${WEB} -r 10.244.1.9:80 -m -w x`, /^illegal weight specified/],
      ['no command', '# nothing', USAGE],
    ] as const
  ).map(([name, line, said]): IpvsadmCase => ({
    name: `${name} is the end of the program, and what came before stays`,
    lines: [...add, [line, said, 'fatal']],
    saved: added,
  })),
  {
    name: 'virtual servers of IPv6, and of other protocols',
    lines: [
      ['-A -t [fd00:10:96::a]:80 -s rr'],
      ['-a -t [fd00:10:96::a]:80 -r [fd00:10:244::2]:8080 -m -w 1'],
      ['-A -u 10.96.0.1:53 -s rr'],
      ['-A --sctp-service 10.96.0.1:80 -s rr'],
    ],
    saved: [
      '-A -t [fd00:10:96::a]:80 -s rr',
      '-a -t [fd00:10:96::a]:80 -r [fd00:10:244::2]:8080 -m -w 1',
      '-A -u 10.96.0.1:53 -s rr',
      '-A --sctp-service 10.96.0.1:80 -s rr',
    ],
  },
];
