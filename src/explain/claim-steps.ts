import type { DesiredTable } from '../backend/nftables/desired-table.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import { formatServicePort } from '../model/service-port.ts';
import { elementText } from './element-text.ts';
import type { InForce, Scene } from './scene.ts';
import type { Step } from './types.ts';
import { forwardingEntry } from './way-in.ts';

/** Says whose an address or NodePort is, by which element, and who else wants it. */
export function claimSteps({ index }: Scene, { ledger, options }: DesiredTable, front: InForce): Step[] {
  const { virtualServer, port, id, owner, claim } = front;
  const what = describe(front);
  const entry = forwardingEntry(front) ?? claim.entries[0];
  const steps: Step[] = [
    {
      about: virtualServer.kind === 'NodePort' ? 'node-port' : 'claim',
      says: `${what} of ${formatServicePort(port.servicePort)}`,
      ...(entry && { where: [elementText(options.family, entry)] }),
    },
  ];
  const losers = ledger.claimantsOf(id).filter(one => one.owner !== owner);
  if (losers.length) {
    const born = (key: string): string => {
      const time = index.service(key)?.creationTimestamp;
      return time ? `${key} (of ${time})` : `${key} (of no known time)`;
    };
    steps.push({
      about: 'claim',
      says: `also wanted by ${losers.map(one => born(one.owner)).join(', ')}: ${born(owner)} goes first, by age and then by name`,
    });
  }
  return steps;
}

/** `10.96.0.10:80/TCP is the ClusterIP`, `30080/TCP is the NodePort` */
function describe({ virtualServer: { kind, address, port, protocol } }: InForce): string {
  if (address === undefined) return `${port}/${protocol} is the NodePort`;
  const words = {
    ClusterIP: 'the ClusterIP',
    ExternalIP: 'an external IP',
    LoadBalancer: 'a load balancer IP',
    NodePort: 'a NodePort',
  };
  return `${formatEndpoint({ address, port })}/${protocol} is ${words[kind]}`;
}
