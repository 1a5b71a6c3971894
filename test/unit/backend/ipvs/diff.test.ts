import { describe, expect, it } from 'vitest';
import { commandsOf, lineOf, verdictOf, type Command } from '../../../../src/backend/ipvs/diff.ts';
import type { Verb } from '../../../../src/backend/ipvs/encode.ts';
import type { FamilyUnit } from '../../../../src/backend/nftables/diff.ts';
import type { Entry } from '../../../../src/backend/nftables/schema.ts';

const server = (value = '-s rr', key = '10.96.0.1 . tcp . 80'): Entry => ({ container: 'virtual-servers', key, value });
const real = (host: number, weight = 1, vip = '10.96.0.1'): Entry => ({
  container: 'real-servers',
  key: `${vip} . tcp . 80 . 10.244.1.${host} . 8080`,
  value: `-m -w ${weight}`,
});
const element: Entry = { container: 'services', key: '10.96.0.1 . tcp . 80', value: 'accept' };
const unit = (deletes: readonly Entry[], adds: readonly Entry[], owner = 'd/web'): FamilyUnit => ({
  family: 'ipv4',
  owner,
  deletes,
  adds,
});

const cases: readonly {
  readonly name: string;
  readonly units: readonly FamilyUnit[];
  readonly before: readonly string[];
  readonly after: readonly string[];
}[] = [
  {
    name: 'what is new comes before the elements, virtual servers first',
    units: [unit([], [real(2), element, server()])],
    before: ['-A -t 10.96.0.1:80 -s rr', '-a -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 1'],
    after: [],
  },
  {
    name: 'a virtual server leaves after the elements, and takes its real servers along',
    units: [unit([server(), real(2), real(3), element], [])],
    before: [],
    after: ['-D -t 10.96.0.1:80'],
  },
  {
    name: 'what changes is edited, and not made anew',
    units: [unit([server(), real(2)], [server('-s rr -p 60'), real(2, 3)])],
    before: ['-E -t 10.96.0.1:80 -s rr -p 60', '-e -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 3'],
    after: [],
  },
  {
    name: 'a real server leaves when its successor is there',
    units: [unit([real(2)], [real(3)])],
    before: ['-a -t 10.96.0.1:80 -r 10.244.1.3:8080 -m -w 1'],
    after: ['-d -t 10.96.0.1:80 -r 10.244.1.2:8080'],
  },
  {
    name: 'the last real servers get no more when nft turns clients away',
    units: [unit([real(2), real(3), element], [real(2, 0)])],
    before: [],
    after: ['-e -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 0', '-d -t 10.96.0.1:80 -r 10.244.1.3:8080'],
  },
  {
    name: 'a real server whose virtual server leaves in another unit',
    units: [unit([real(2)], [], 'd/a'), unit([server()], [], 'd/b')],
    before: [],
    after: ['-D -t 10.96.0.1:80'],
  },
  {
    name: 'elements alone are no matter of IPVS',
    units: [unit([], [element])],
    before: [],
    after: [],
  },
];

describe('commandsOf', () => {
  it.each(cases)('$name', ({ units, before, after }) => {
    const commands = commandsOf(units);
    expect(commands.before.map(lineOf)).toEqual(before);
    expect(commands.after.map(lineOf)).toEqual(after);
  });

  it('says whose each command is', () => {
    const units = [unit([], [server()], 'd/a'), unit([], [server('-s rr', '10.96.0.2 . tcp . 80')], 'd/b')];
    expect(commandsOf(units).before.map(command => command.unit.owner)).toEqual(['d/a', 'd/b']);
  });
});

describe('verdictOf', () => {
  const command = (verb: Verb): Command => ({
    verb,
    entry: verb === verb.toUpperCase() ? server() : real(2),
    unit: unit([], []),
  });
  const verdicts: readonly { readonly verb: Verb; readonly message: string | undefined; readonly verdict: string }[] = [
    { verb: 'A', message: undefined, verdict: 'done' },
    { verb: 'A', message: 'Service already exists', verdict: '-E -t 10.96.0.1:80 -s rr' },
    { verb: 'a', message: 'Destination already exists', verdict: '-e -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 1' },
    { verb: 'e', message: 'No such destination', verdict: '-a -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 1' },
    { verb: 'd', message: 'No such destination', verdict: 'done' },
    { verb: 'd', message: 'Service not defined', verdict: 'done' },
    { verb: 'D', message: 'No such service', verdict: 'done' },
    { verb: 'a', message: 'Service not defined', verdict: 'failed' },
    { verb: 'E', message: 'No such service', verdict: 'failed' },
    { verb: 'A', message: 'Scheduler or persistence engine not found', verdict: 'failed' },
    { verb: 'D', message: 'Invalid operation.  Possibly wrong module version', verdict: 'failed' },
  ];
  it.each(verdicts)('-$verb: $message', ({ verb, message, verdict }) => {
    const found = verdictOf(command(verb), message);
    expect(found.kind === 'retry' ? lineOf(found.command) : found.kind).toBe(verdict);
  });

  it('names the line and what ipvsadm said', () => {
    const verdict = verdictOf(command('A'), 'Scheduler or persistence engine not found');
    expect(verdict).toMatchObject({
      error: { message: 'ipvsadm -A -t 10.96.0.1:80 -s rr: Scheduler or persistence engine not found' },
    });
  });
});
