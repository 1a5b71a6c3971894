import type { ConfigurationFlag } from './flag-definition.ts';
import { FORWARDING_FLAGS } from './forwarding-flags.ts';
import { IPVS_FLAGS } from './ipvs-flags.ts';
import { LOGGING_FLAGS } from './logging-flags.ts';
import { NODE_FLAGS } from './node-flags.ts';
import { SERVER_FLAGS } from './server-flags.ts';

/** All flags that stand for a field, in the order in which they are applied: the mode decides where others land. */
export const CONFIGURATION_FLAGS: readonly ConfigurationFlag[] = [
  ...FORWARDING_FLAGS,
  ...NODE_FLAGS,
  ...SERVER_FLAGS,
  ...IPVS_FLAGS,
  ...LOGGING_FLAGS,
];
