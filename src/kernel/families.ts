import { existsSync } from 'node:fs';

/** Whether this kernel has IPv6 at all; kube-proxy looks there, too. */
export const hasIPv6 = (): boolean => existsSync('/proc/net/if_inet6');
