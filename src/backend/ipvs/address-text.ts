import type { Family } from '../../model/ip.ts';

export const isIPv6 = (address: string): boolean => address.includes(':');

export const familyOf = (address: string): Family => (isIPv6(address) ? 'ipv6' : 'ipv4');
