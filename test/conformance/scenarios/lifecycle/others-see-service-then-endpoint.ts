import { fails, reaches, scenario, service, slice, tamper } from '../../builders.ts';

/** Somebody else's chain, at some distance from the priority of destination NAT. */
const drop = (hook: string, offset: number, address: string) =>
  tamper(
    `nft 'add table ip other; delete table ip other; add table ip other; add chain ip other c { type filter hook ${hook} priority ${-100 + offset}; }; ` +
      `add rule ip other c ip daddr ${address} drop'`,
  );
const lift = tamper('nft delete table ip other');

const rounds = (from: string, hook: string) => {
  const works = reaches(from, '10.96.0.10:80', 'pod-a', { within: 0 });
  const dropped = fails(from, '10.96.0.10:80', 'timeout', { within: 0 });
  return [
    drop(hook, -5, '10.96.0.10'),
    dropped,
    drop(hook, -5, '10.244.1.10'),
    works,
    drop(hook, 5, '10.96.0.10'),
    works,
    drop(hook, 5, '10.244.1.10'),
    dropped,
    lift,
    works,
  ];
};

export default scenario({
  name: "chains of others see the Service's address before destination NAT and the endpoint's after it",
  why: 'nftables/README.md, "Integrating": DNAT happens at priority dstnat, in prerouting for pods and other hosts and in output for the node; others may order their chains by that.',
  needs: ['nftables'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    ...rounds('pod-b', 'prerouting'),
    ...rounds('client', 'prerouting'),
    ...rounds('node', 'output'),
  ],
});
