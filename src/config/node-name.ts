import { ConfigurationError } from './problem.ts';

/**
 * The name of this node's Node object: the override, else the host's name, in lower case and without blanks around it
 * (component-helpers, node/util GetHostname).
 * @throws ConfigurationError where there is none
 */
export function nodeName(hostnameOverride: string, osHostname: string): string {
  const name = (hostnameOverride === '' ? osHostname : hostnameOverride).trim().toLowerCase();
  if (name === '') throw new ConfigurationError([{ field: 'hostnameOverride', message: 'the host has no name' }]);
  return name;
}
