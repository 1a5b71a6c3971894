import { compileIpvsService } from '../../src/backend/ipvs/compile.ts';
import { DesiredTable, type Compile } from '../../src/backend/nftables/desired-table.ts';
import type { RulesetOptions } from '../../src/backend/nftables/schema.ts';
import { nodeEntriesOf, type FamilyNodeSettings } from '../../src/cli/node-settings.ts';
import type { Scene } from '../../src/explain/scene.ts';
import type { EndpointSlice, Service } from '../../src/kube/types.ts';
import { FAMILIES, isLoopback, parseAddress, type Family } from '../../src/model/ip.ts';
import { ServiceIndex } from '../../src/model/service-index.ts';
import { planService } from '../../src/plan/service-plan.ts';
import type { NodeView, ServicePlan } from '../../src/plan/types.ts';
import { ADDRESSES } from './addresses.ts';
import { nodeView } from './builders.ts';
import { range } from './plans.ts';
import { rulesetOptions } from './rulesets.ts';

export interface SceneParts {
  readonly services: Iterable<Service>;
  readonly slices: Iterable<EndpointSlice>;
  readonly view: NodeView;
  readonly families: ReadonlyMap<Family, FamilyNodeSettings>;
  readonly serviceCIDRs: readonly string[];
  /** Of all interfaces. */
  readonly localAddresses: readonly string[];
  /** Not set: as for nftables. */
  readonly compile?: Compile;
}

/** A scene to explain packets in: everything planned and compiled, as a preview has it. */
export function sceneOf({
  services,
  slices,
  view,
  families,
  serviceCIDRs,
  localAddresses,
  compile,
}: SceneParts): Scene {
  const index = new ServiceIndex();
  for (const service of services) index.setService(service);
  for (const slice of slices) index.setSlice(slice);
  const planOf = (owner: string, family: Family): ServicePlan | undefined => {
    const service = index.service(owner);
    return service && planService({ service, slices: index.slicesOf(owner, family) }, family, view);
  };
  const tables = new Map<Family, DesiredTable>();
  for (const [family, settings] of families) {
    const table = new DesiredTable(settings.ruleset, compile);
    table.setNode(nodeEntriesOf(settings, serviceCIDRs, localAddresses));
    for (const owner of index.serviceKeys()) table.setService(owner, planOf(owner, family));
    tables.set(family, table);
  }
  const isReachable = (text: string): boolean => {
    const address = parseAddress(text);
    return address !== undefined && !isLoopback(address);
  };
  return {
    view,
    tables,
    index,
    planOf,
    localAddresses: localAddresses.filter(isReachable),
    ofOtherProxies: new Set(),
  };
}

export interface SceneOptions {
  readonly services?: readonly Service[];
  readonly slices?: readonly EndpointSlice[];
  readonly view?: NodeView;
  /** Instead of the defaults of {@link rulesetOptions}. */
  readonly ruleset?: Partial<RulesetOptions>;
  /** CIDRs; not set: NodePorts are everywhere. */
  readonly nodePorts?: readonly [string, ...string[]];
  /** Mode ipvs, with this scheduler. */
  readonly ipvs?: { readonly scheduler: string };
  readonly ofOtherProxies?: readonly string[];
}

/** A scene on node-a: pods are in 10.244.0.0/16 and fd00:10:244::/48, ClusterIPs in 10.96.0.0/16 and fd00:10:96::/112. */
export function sceneFrom({ services = [], slices = [], view = nodeView(), ...options }: SceneOptions): Scene {
  const { nodePorts, ipvs, ofOtherProxies = [] } = options;
  const families = FAMILIES.map((family): [Family, FamilyNodeSettings] => {
    const ruleset = rulesetOptions({
      family,
      nodePorts: nodePorts ? 'listed' : 'all',
      ...(ipvs && { endpointsBy: 'ipvs', affinity: 'hashed' }),
      ...options.ruleset,
    });
    const [first, ...others] = (nodePorts ?? []).map(range);
    const podCIDR = range(family === 'ipv4' ? '10.244.0.0/16' : 'fd00:10:244::/48');
    return [
      family,
      {
        ruleset,
        detector: ruleset.localSource === 'pod-cidrs' ? { kind: 'cidr', cidr: podCIDR } : undefined,
        nodePorts: first ? { kind: 'cidrs', cidrs: [first, ...others] } : { kind: 'all' },
      },
    ];
  });
  const ipvsOptions = ipvs && {
    ...ipvs,
    schedulerFlags: undefined,
    missingSchedulers: new Set<string>(),
    nodeName: view.name,
  };
  const scene = sceneOf({
    services,
    slices,
    view,
    families: new Map(families),
    serviceCIDRs: ['10.96.0.0/16', 'fd00:10:96::/112'],
    localAddresses: [ADDRESSES.ipv4.node, ADDRESSES.ipv6.node],
    ...(ipvsOptions && { compile: plan => compileIpvsService(plan, ipvsOptions) }),
  });
  return { ...scene, ofOtherProxies: new Set(ofOtherProxies) };
}
