import type { RulesetOptions } from '../../src/backend/nftables/schema.ts';

/** What all Services of a family have in common: the defaults of a node whose pods are told by their CIDR. */
export const rulesetOptions = (more: Partial<RulesetOptions> = {}): RulesetOptions => ({
  family: 'ipv4',
  localSource: 'pod-cidrs',
  masqueradeAll: false,
  masqueradeMark: 0x4000,
  nodePorts: 'all',
  affinity: 'learnt',
  ...more,
});
