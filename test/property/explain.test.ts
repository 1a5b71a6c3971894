import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderText } from '../../src/backend/nftables/render.ts';
import type { FamilyNodeSettings } from '../../src/cli/node-settings.ts';
import { explainPacket } from '../../src/explain/explain-packet.ts';
import type { Scene } from '../../src/explain/scene.ts';
import type { Answer } from '../../src/explain/types.ts';
import { formatEndpoint } from '../../src/model/endpoint.ts';
import { FAMILIES } from '../../src/model/ip.ts';
import { loadRuleset, type LoadedRuleset } from '../support/load-ruleset.ts';
import { range } from '../support/plans.ts';
import { sceneOf } from '../support/scenes.ts';
import { tracePacket } from '../support/trace-packet.ts';
import { nodeSettings, viewOf, type Affinity } from './backend-world.ts';
import type { ClusterState } from './cluster-events.ts';
import { runs } from './effort.ts';
import { askedIn, clusters, questions, type Asked } from './questions.ts';

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

function sceneFor({ services, slices, node }: ClusterState, affinity: Affinity, localSource: LocalSource): Scene {
  const families = FAMILIES.map(family => [family, toldBy(nodeSettings(node, family, affinity), localSource)] as const);
  return sceneOf({
    services: services.values(),
    slices: slices.values(),
    view: viewOf(node),
    families: new Map(families),
    serviceCIDRs: node.serviceCIDRs,
    // What the Node object names is one of them.
    localAddresses: [...new Set([...node.localAddresses, ...node.nodeIPs])],
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

it('explains what the rules do, to every packet', () => {
  const seen = new Map<string, number>();
  const note = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
  const lists = fc.array(questions, { minLength: 1, maxLength: 60, size: 'max' });
  fc.assert(
    fc.property(clusters, lists, affinities, localSources, (state, list, affinity, localSource) => {
      const scene = sceneFor(state, affinity, localSource);
      const ruleset = loadRuleset(renderText(scene.tables.values()));
      for (const question of list) {
        const asked = askedIn(scene, question);
        if (!asked) continue;
        const { from, ...packet } = asked;
        const { answers } = explainPacket(scene, {
          ...packet,
          source: question.sender === 'host' ? 'host' : packet.source,
          ...(from !== 'host' && { interfaceName: INTERFACES[from] }),
        });
        const outcomes = traced(ruleset, asked, scene.localAddresses);
        expect({ asked, answers, told: answers.map(outcomesOf) }).toEqual({ asked, answers, told: [outcomes] });
        note(answers[0]!.verdict);
        for (const { about } of answers[0]!.steps) note(about);
        for (const { reason } of answers[0]!.leftOut) note(reason);
        note(`masqueraded-${new Set(answers[0]!.endpoints.map(({ isMasqueraded }) => isMasqueraded)).size}`);
      }
    }),
    runs(150),
  );
  // All of it came up, so that the property is about something.
  expect(EXPECTED.split(/\s+/).filter(what => (seen.get(what) ?? 0) < OFTEN)).toEqual([]);
});
