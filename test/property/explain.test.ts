import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileIpvsService } from '../../src/backend/ipvs/compile.ts';
import { parseKey, parseTarget, virtualServerKey } from '../../src/backend/ipvs/schema.ts';
import type { Compile } from '../../src/backend/nftables/desired-table.ts';
import { renderText } from '../../src/backend/nftables/render.ts';
import type { RulesetOptions } from '../../src/backend/nftables/schema.ts';
import type { FamilyNodeSettings } from '../../src/cli/node-settings.ts';
import { explainPacket } from '../../src/explain/explain-packet.ts';
import { isClusterAddress, type Scene } from '../../src/explain/scene.ts';
import type { Answer } from '../../src/explain/types.ts';
import { formatEndpoint } from '../../src/model/endpoint.ts';
import { FAMILIES } from '../../src/model/ip.ts';
import { NODE_NAME } from '../support/addresses.ts';
import { loadRuleset, type LoadedRuleset } from '../support/load-ruleset.ts';
import { range } from '../support/plans.ts';
import { sceneOf } from '../support/scenes.ts';
import { tracePacket } from '../support/trace-packet.ts';
import { nodeSettings, viewOf, type Affinity } from './backend-world.ts';
import type { ClusterState } from './cluster-events.ts';
import { runs } from './effort.ts';
import { askedIn, clusters, questions, type Asked, type Question } from './questions.ts';

// What explain says of a packet is what the rules do to it, for whoever sends it and wherever it goes: the same verdict, the same
// endpoints, and the same of them masqueraded.

/** How local pods are told, where it is not as the node of these histories has it: by a CIDR of IPv4, an interface, or not at all. */
type LocalSource = 'as-configured' | { readonly podCIDR: string } | { readonly interfacePattern: string } | undefined;

const localSources: fc.Arbitrary<LocalSource> = fc.constantFrom<LocalSource>(
  'as-configured',
  'as-configured',
  { podCIDR: '10.244.1.0/24' },
  // That of the node, too.
  { podCIDR: '192.168.0.0/16' },
  { interfacePattern: 'veth*' },
  undefined,
);

function toldBy(settings: FamilyNodeSettings, localSource: LocalSource): FamilyNodeSettings {
  if (localSource === 'as-configured') return settings;
  const { ruleset } = settings;
  if (localSource === undefined || 'interfacePattern' in localSource)
    return { ...settings, ruleset: { ...ruleset, localSource }, detector: undefined };
  if (ruleset.family === 'ipv6') return settings;
  return { ...settings, detector: { kind: 'cidr', cidr: range(localSource.podCIDR) } };
}

const affinities: fc.Arbitrary<Affinity> = fc.constantFrom(
  { ipv4: 'learnt', ipv6: 'learnt' },
  { ipv4: 'learnt', ipv6: 'hashed' },
);

const compileFor =
  (scheduler: string): Compile =>
  plan =>
    compileIpvsService(plan, {
      scheduler,
      schedulerFlags: undefined,
      missingSchedulers: new Set(),
      nodeName: NODE_NAME,
    });

const HASHED: Affinity = { ipv4: 'hashed', ipv6: 'hashed' };

/** @param mode with a scheduler: mode ipvs */
function sceneFor(
  { services, slices, node }: ClusterState,
  localSource: LocalSource,
  mode: { readonly affinity: Affinity } | { readonly ipvs: string },
): Scene {
  const families = FAMILIES.map(family => {
    const settings = toldBy(nodeSettings(node, family, 'ipvs' in mode ? HASHED : mode.affinity), localSource);
    const ruleset: RulesetOptions = {
      ...settings.ruleset,
      ...('ipvs' in mode && { endpointsBy: 'ipvs', bridgeSubnets: [] }),
    };
    return [family, { ...settings, ruleset }] as const;
  });
  return sceneOf({
    services: services.values(),
    slices: slices.values(),
    view: viewOf(node),
    families: new Map(families),
    serviceCIDRs: node.serviceCIDRs,
    // What the Node object names is one of them.
    localAddresses: [...new Set([...node.localAddresses, ...node.nodeIPs])],
    ...('ipvs' in mode && { compile: compileFor(mode.ipvs) }),
  });
}

const OUTCOMES = { rejected: 'reject', dropped: 'drop', passed: 'pass' } as const;

/** An answer as the tracer would put it. */
function outcomesOf({ verdict, endpoints }: Answer): string[] {
  if (verdict !== 'forwarded') return [OUTCOMES[verdict]];
  return endpoints.map(one => `${formatEndpoint(one)}${one.isMasqueraded ? ' masqueraded' : ''}`).toSorted();
}

function traced(ruleset: LoadedRuleset, asked: Asked, hostAddresses: readonly string[]): string[] {
  const protocol = asked.protocol.toLowerCase() as 'tcp' | 'udp' | 'sctp';
  return tracePacket(ruleset, { ...asked, protocol, hostAddresses })
    .map(({ to, isMasqueraded }) => (isMasqueraded ? `${to} masqueraded` : to))
    .toSorted();
}

const INTERFACES = { pod: 'veth1', outside: 'eth0' } as const;

const OFTEN = 10;
const EXPECTED = `forwarded rejected dropped passed source-ranges claim node-port no-element traffic-policy short-cut hints terminating
  affinity availability cluster-ips masquerade not-ready not-local not-in-zone duplicate masqueraded-1 masqueraded-2`;

/** In mode ipvs nft brings packets to a virtual server at a ClusterIP, and IPVS goes on with them from there. */
function tracedWithIpvs(scene: Scene, ruleset: LoadedRuleset, asked: Asked): string[] {
  const { family, destination, from, source } = asked;
  const table = scene.tables.get(family)!;
  const l4 = asked.protocol.toLowerCase() as 'tcp' | 'udp' | 'sctp';
  const entries = [...table.ledger.entries()];
  const clusterIPs = entries.filter(({ container }) => container === 'cluster-ips').map(({ key }) => key);
  // There is a route that has them come in to this host, and one for each service CIDR.
  const routed = isClusterAddress(table, destination) ? [...clusterIPs, destination] : clusterIPs;
  const packet = { ...asked, protocol: l4, hostAddresses: [...scene.localAddresses, ...routed] };
  const hairpins = ruleset.get(family === 'ipv4' ? 'ip' : 'ip6')!.containers.get('hairpin')!.elements;
  return tracePacket(ruleset, packet).flatMap(({ to, isMasqueraded, mark }) => {
    if (to === 'drop' || to === 'reject') return [to];
    const target = parseTarget(to === 'pass' ? formatEndpoint({ ...asked, address: destination }) : to)!;
    const servers = entries.filter(
      ({ container, key, value }) =>
        container === 'real-servers' && !value.endsWith(' 0') && key.startsWith(`${virtualServerKey(l4, target)} . `),
    );
    if (!servers.length) return [to];
    return servers.map(({ key }) => {
      const { address, port } = parseKey(key).realServer!;
      const leaves = from === 'host' || !scene.localAddresses.includes(address);
      const isHairpin = hairpins.has(`${source} . ${address} . ${l4} . ${port}`);
      const isRewritten = leaves && (isMasqueraded || mark !== 0 || isHairpin);
      return `${formatEndpoint({ address, port })}${isRewritten ? ' masqueraded' : ''}`;
    });
  });
}

const PACKETS = fc.array(questions, { minLength: 1, maxLength: 60, size: 'max' });

/** Holds what is said of packets against what a tracer says. @param note is told what came up */
function compare(
  scene: Scene,
  list: readonly Question[],
  trace: (asked: Asked) => readonly string[],
  note: (what: string) => void,
): void {
  for (const question of list) {
    const asked = askedIn(scene, question);
    if (!asked) continue;
    const { from, ...packet } = asked;
    const { answers } = explainPacket(scene, {
      ...packet,
      source: question.sender === 'host' ? 'host' : packet.source,
      ...(from !== 'host' && { interfaceName: INTERFACES[from] }),
    });
    const told = answers.map(outcomesOf);
    expect({ asked, answers, told }).toEqual({ asked, answers, told: [trace(asked).toSorted()] });
    note(answers[0]!.verdict);
    for (const { about } of answers[0]!.steps) note(about);
    for (const { reason } of answers[0]!.leftOut) note(reason);
    note(`masqueraded-${new Set(answers[0]!.endpoints.map(({ isMasqueraded }) => isMasqueraded)).size}`);
  }
}

/** Runs a property, and sees to it that it was about something. @param expected words that must have come up often */
function assertOften(expected: string, run: (note: (what: string) => void) => void): void {
  const seen = new Map<string, number>();
  run(what => void seen.set(what, (seen.get(what) ?? 0) + 1));
  expect(expected.split(/\s+/).filter(what => (seen.get(what) ?? 0) < OFTEN)).toEqual([]);
}

it('explains what the rules do, to every packet', () => {
  assertOften(EXPECTED, note =>
    fc.assert(
      fc.property(clusters, PACKETS, affinities, localSources, (state, list, affinity, localSource) => {
        const scene = sceneFor(state, localSource, { affinity });
        const ruleset = loadRuleset(renderText(scene.tables.values()));
        compare(scene, list, asked => traced(ruleset, asked, scene.localAddresses), note);
      }),
      runs(150),
    ),
  );
});

it('explains what the rules and IPVS do in mode ipvs', () => {
  assertOften(`${EXPECTED} virtual-server`, note =>
    fc.assert(
      fc.property(clusters, PACKETS, localSources, (state, list, localSource) => {
        const scene = sceneFor(state, localSource, { ipvs: 'rr' });
        const ruleset = loadRuleset(renderText(scene.tables.values()));
        compare(scene, list, asked => tracedWithIpvs(scene, ruleset, asked), note);
      }),
      runs(150),
    ),
  );
});
