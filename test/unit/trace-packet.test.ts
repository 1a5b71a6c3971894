import { describe, expect, it } from 'vitest';
import { renderText } from '../../src/backend/nftables/render.ts';
import { ADDRESSES } from '../support/addresses.ts';
import { endpointSlice, service, sliceEndpoint } from '../support/builders.ts';
import { loadRuleset } from '../support/load-ruleset.ts';
import { sceneFrom } from '../support/scenes.ts';
import { tracePacket, type Packet } from '../support/trace-packet.ts';

const FRAME = `add table ip kube-proxy
add map ip kube-proxy services { typeof ip daddr . meta l4proto . th dport : verdict; counter; }
add map ip kube-proxy endpoints-tcp { typeof numgen random mod 2 . ip daddr . tcp dport : ip daddr . tcp dport; }
add map ip kube-proxy affinity-tcp { typeof ip saddr : ip daddr . tcp dport; flags dynamic,timeout; size 9; }
add set ip kube-proxy ranges { typeof ip daddr . ip saddr; flags interval; }
add chain ip kube-proxy x
`;
const HOOKS = [
  'prerouting nat prerouting -100',
  'early filter prerouting -110',
  'forward filter forward 0',
  'input filter input 0',
  'output nat output -100',
  'postrouting nat postrouting 100',
];

/** A ruleset whose base chains have these rules. */
function ruleset(rules: Readonly<Record<string, readonly string[]>>, elements = ''): ReturnType<typeof loadRuleset> {
  const bases = HOOKS.map(text => {
    const [name, type, hook, priority] = text.split(' ');
    return `add chain ip kube-proxy ${name} { type ${type} hook ${hook} priority ${priority}; policy accept; }\n`;
  });
  const lines = Object.entries(rules).flatMap(([chain, own]) =>
    own.map(rule => `add rule ip kube-proxy ${chain} ${rule}\n`),
  );
  return loadRuleset(FRAME + bases.join('') + lines.join('') + elements);
}

const packet = (more: Partial<Packet> = {}): Packet => ({
  from: 'outside',
  source: '198.51.100.7',
  destination: '10.96.0.10',
  port: 80,
  protocol: 'tcp',
  hostAddresses: ['192.168.100.1'],
  ...more,
});

/** Where a packet ends up. */
const fates = (...of: Parameters<typeof tracePacket>): string[] =>
  tracePacket(...of).map(({ to, isMasqueraded }) => (isMasqueraded ? `${to} masqueraded` : to));

const ELEMENTS = `add element ip kube-proxy endpoints-tcp {
  0 . 10.96.0.10 . 80 : 10.244.1.10 . 8080,
  1 . 10.96.0.10 . 80 : 10.244.2.10 . 8080
}
add element ip kube-proxy ranges {
  10.96.0.10 . 10.0.0.0/8,
  10.96.0.10 . 198.51.100.7
}
`;
const pick = (count: number): string =>
  `dnat ip to numgen random mod ${count} . ip daddr . tcp dport map @endpoints-tcp`;

describe('tracePacket', () => {
  const cases: readonly {
    readonly name: string;
    readonly rules: Readonly<Record<string, readonly string[]>>;
    readonly packet?: Partial<Packet>;
    readonly fates: readonly string[];
  }[] = [
    { name: 'nothing', rules: {}, fates: ['pass'] },
    { name: 'every choice', rules: { prerouting: [pick(2)] }, fates: ['10.244.1.10:8080', '10.244.2.10:8080'] },
    {
      name: 'a choice that leads nowhere goes on',
      rules: { prerouting: [pick(3), 'reject'] },
      fates: ['10.244.1.10:8080', '10.244.2.10:8080', 'reject'],
    },
    {
      name: 'the ports of one protocol are none of another',
      rules: { prerouting: [pick(2), 'drop'] },
      packet: { protocol: 'udp' },
      fates: ['drop'],
    },
    {
      name: 'a chain that was gone to does not come back',
      rules: { x: ['meta mark set meta mark | 0x00000001'], prerouting: ['goto x', 'drop'] },
      fates: ['pass'],
    },
    { name: 'one that was jumped to does', rules: { prerouting: ['jump x', 'drop'] }, fates: ['drop'] },
    {
      name: 'a mark lasts',
      rules: {
        prerouting: ['meta mark set meta mark | 0x00004000'],
        postrouting: ['meta mark & 0x00004000 != 0x00000000 masquerade fully-random'],
      },
      fates: ['pass masqueraded'],
    },
    {
      name: 'another mark does not count',
      rules: {
        prerouting: ['meta mark set meta mark | 0x00000001'],
        postrouting: ['meta mark & 0x00004000 != 0x00000000 masquerade fully-random'],
      },
      fates: ['pass'],
    },
    {
      name: 'what is dropped later is not masqueraded',
      rules: { postrouting: ['masquerade fully-random'], forward: ['drop'] },
      fates: ['drop'],
    },
    {
      name: 'a range',
      rules: { prerouting: ['ip daddr . ip saddr @ranges drop'] },
      packet: { source: '10.7.7.7' },
      fates: ['drop'],
    },
    { name: 'a single address in it', rules: { prerouting: ['ip daddr . ip saddr @ranges drop'] }, fates: ['drop'] },
    {
      name: 'outside of it',
      rules: { prerouting: ['ip daddr . ip saddr != @ranges drop'] },
      packet: { source: '172.16.0.1' },
      fates: ['drop'],
    },
    { name: 'an interface', rules: { prerouting: ['iifname "veth*" drop'] }, packet: { from: 'pod' }, fates: ['drop'] },
    { name: 'another one', rules: { prerouting: ['iifname "veth*" drop'] }, fates: ['pass'] },
    {
      name: 'to the host it comes in',
      rules: { input: ['fib daddr type local drop'], forward: ['reject'] },
      packet: { destination: '192.168.100.1' },
      fates: ['drop'],
    },
    { name: 'elsewhere it is forwarded', rules: { input: ['drop'], forward: ['reject'] }, fates: ['reject'] },
    {
      name: 'from the host it goes out',
      rules: { prerouting: ['drop'], output: ['fib saddr type local reject'] },
      packet: { from: 'host', source: '192.168.100.1' },
      fates: ['reject'],
    },
    {
      name: 'from the host to itself it goes both ways, and is translated once',
      rules: { prerouting: [pick(1)], input: ['drop'] },
      packet: { from: 'host', source: '192.168.100.1', destination: '192.168.100.1' },
      fates: ['drop'],
    },
    {
      name: 'a lower priority comes first',
      rules: { prerouting: ['drop'], early: ['ip daddr 10.96.0.10 reject'] },
      fates: ['reject'],
    },
    {
      name: 'what was translated is what later hooks see',
      rules: { prerouting: [pick(1)], forward: ['ip daddr 10.96.0.10 drop', 'ip daddr 10.244.1.10 reject'] },
      fates: ['reject'],
    },
  ];
  it.each(cases)('$name', ({ rules, packet: more, fates: expected }) => {
    expect(fates(ruleset(rules, ELEMENTS), packet(more))).toEqual(expected);
  });

  it('remembers what a packet has pinned, and does not change a pin', () => {
    const rules = ruleset(
      {
        prerouting: ['dnat ip to ip saddr map @affinity-tcp', pick(2)],
        postrouting: [
          'ct status dnat update @affinity-tcp { ct original ip saddr timeout 10s : ip daddr . tcp dport }',
        ],
      },
      ELEMENTS,
    );
    const [first, second] = tracePacket(rules, packet());
    expect([first?.to, second?.to]).toEqual(['10.244.1.10:8080', '10.244.2.10:8080']);
    const again = tracePacket(rules, packet({ pins: second!.pins }));
    expect(again.map(({ to }) => to)).toEqual(['10.244.2.10:8080']);
    expect([...again[0]!.pins]).toEqual([['affinity-tcp 198.51.100.7', '10.244.2.10 . 8080']]);
    expect(fates(rules, packet({ source: '198.51.100.8', pins: second!.pins }))).toHaveLength(2);
  });

  it('keeps an IPv6 client at its endpoint, though the pin is in two maps', () => {
    const { clusterIP, podA, remoteA } = ADDRESSES.ipv6;
    const sticky = service({ clusterIP, sessionAffinity: 'ClientIP' });
    const endpoints = [podA, remoteA].map(address => sliceEndpoint({ address }));
    const { tables } = sceneFrom({ services: [sticky], slices: [endpointSlice({ endpoints })] });
    const rules = loadRuleset(renderText(tables.values()));
    const asked = packet({ source: ADDRESSES.ipv6.podB, destination: clusterIP, hostAddresses: [] });
    const [first, second] = tracePacket(rules, asked);
    expect([first?.to, second?.to]).toEqual([`[${podA}]:8080`, `[${remoteA}]:8080`]);
    expect(fates(rules, { ...asked, pins: second!.pins })).toEqual([`[${remoteA}]:8080`]);
    const other = { ...asked, source: ADDRESSES.ipv6.remoteB, pins: second!.pins };
    expect(fates(rules, other)).toHaveLength(2);
  });

  it.each([
    'counter drop',
    'tcp flags syn drop',
    'ip ttl 1 drop',
    'dnat to 10.0.0.1',
    'dnat ip to ip saddr . nonsense map @affinity-tcp',
    'masquerade',
    'numgen random mod 2 @ranges drop',
    'meta mark set meta mark & 0x1',
    'ip saddr',
  ])('does not pass over a rule that it does not know: %s', rule => {
    expect(() => tracePacket(ruleset({ prerouting: [rule] }, ELEMENTS), packet())).toThrow(`"${rule}": `);
  });

  it('needs a table of the family', () => {
    expect(() => tracePacket(ruleset({}), packet({ destination: 'fd00::1' }))).toThrow('no table for fd00::1');
  });
});

describe('loadRuleset refuses', () => {
  it.each([
    { name: 'a statement that it does not know', text: 'delete table ip kube-proxy\n', error: 'cannot be read' },
    { name: 'what comes before its table', text: 'add chain ip6 kube-proxy y\n', error: 'no such table' },
    { name: 'a rule of a chain that is not there', text: 'add rule ip kube-proxy y drop\n', error: 'no such chain: y' },
    { name: 'a rule that leads nowhere', text: 'add rule ip kube-proxy x goto y\n', error: 'no such chain: y' },
    {
      name: 'a rule with a set that is not there',
      text: 'add rule ip kube-proxy x ip saddr @y drop\n',
      error: 'no such set or map: y',
    },
    {
      name: 'a verdict that leads nowhere',
      text: 'add element ip kube-proxy services {\n  a : goto y\n}\n',
      error: 'no such chain: y',
    },
    {
      name: 'a map element without a value',
      text: 'add element ip kube-proxy services {\n  a\n}\n',
      error: 'services is a map',
    },
    {
      name: 'a set element with a value',
      text: 'add element ip kube-proxy ranges {\n  a : drop\n}\n',
      error: 'ranges is a set',
    },
    {
      name: 'an element twice',
      text: 'add element ip kube-proxy ranges {\n  a,\n  a\n}\n',
      error: 'ranges has a already',
    },
    {
      name: 'a policy that drops',
      text: 'add chain ip kube-proxy y { type filter hook input priority 0; policy drop; }\n',
      error: 'cannot be read',
    },
  ])('$name', ({ text, error }) => {
    expect(() => loadRuleset(FRAME + text)).toThrow(error);
  });
});
