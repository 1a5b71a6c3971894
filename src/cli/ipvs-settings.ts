import { DEFAULT_SCHEDULER, type IpvsOptions } from '../backend/ipvs/settings.ts';
import { forwardingSettings } from '../config/forwarding-settings.ts';
import type { Configuration } from '../config/schema.ts';
import { parseCidr, type Cidr } from '../model/ip.ts';
import { parseSchedulerFlags } from '../model/scheduler-flags.ts';

/** What the section `ipvs` makes of all virtual servers of a node. */
export const ipvsOptionsOf = ({ ipvs }: Configuration, nodeName: string): Omit<IpvsOptions, 'missingSchedulers'> => ({
  scheduler: ipvs.scheduler || DEFAULT_SCHEDULER,
  schedulerFlags: ipvs.schedulerFlags.length ? parseSchedulerFlags(ipvs.schedulerFlags) : undefined,
  nodeName,
});

/** Where virtual servers are nobody's to delete. */
export const excludedFrom = ({ ipvs }: Pick<Configuration, 'ipvs'>): readonly Cidr[] =>
  ipvs.excludeCIDRs.flatMap(text => parseCidr(text) ?? []);

export const isIpvs = (configuration: Configuration): boolean => forwardingSettings(configuration).backend === 'ipvs';

/** Whether Pods and Nodes are asked for the weights of endpoints. */
export const watchesWeights = (configuration: Configuration): boolean =>
  isIpvs(configuration) && configuration.ipvs.weights;
