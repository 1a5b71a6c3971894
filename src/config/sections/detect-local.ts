import * as z from 'zod';
import { parseCidr } from '../../model/ip.ts';
import { text } from '../field-types.ts';
import { quote, type Report } from '../problem.ts';

const LOCAL_MODES = ['ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix'] as const;

/** How traffic of local pods is told from other traffic. */
export type LocalMode = (typeof LOCAL_MODES)[number];

export const isLocalMode = (word: string): word is LocalMode => LOCAL_MODES.some(mode => mode === word);

/** What the modes with interfaces need to know. */
export const detectLocalSchema = z.strictObject({ bridgeInterface: text, interfaceNamePrefix: text });

interface DetectLocal {
  readonly detectLocalMode: string;
  readonly detectLocal: Readonly<z.output<typeof detectLocalSchema>>;
  readonly clusterCIDR: string;
}

/** Only what the mode uses is checked, as kube-proxy does. */
export function checkDetectLocal({ detectLocalMode, detectLocal, clusterCIDR }: DetectLocal, report: Report): void {
  if (!isLocalMode(detectLocalMode)) {
    report('detectLocalMode', `${quote(detectLocalMode)} is not one of ${LOCAL_MODES.join(', ')}`);
  }
  if (detectLocalMode === 'BridgeInterface') {
    checkInterface('detectLocal.bridgeInterface', detectLocal.bridgeInterface, report);
  }
  if (detectLocalMode === 'InterfaceNamePrefix') {
    checkInterface('detectLocal.interfaceNamePrefix', detectLocal.interfaceNamePrefix, report);
  }
  if (detectLocalMode === 'ClusterCIDR' && clusterCIDR !== '') checkClusterCidr(clusterCIDR, report);
}

/** IFNAMSIZ without its closing zero. */
export const MAX_INTERFACE_NAME_BYTES = 15;

/**
 * The name ends up between quotes in an nft rule, where a backslash escapes and an asterisk is a wildcard. The kernel
 * refuses blanks, slashes and colons itself (dev_valid_name).
 */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const UNFIT_FOR_A_RULE = /[\s\x00-\x1f\x7f/:"'`\\*?]/;

function checkInterface(field: string, name: string, report: Report): void {
  if (name === '') report(field, 'must not be empty in this detectLocalMode');
  else if (UNFIT_FOR_A_RULE.test(name) || name === '.' || name === '..') {
    report(field, `${quote(name)} has characters that no interface name may have`);
  } else if (new TextEncoder().encode(name).length > MAX_INTERFACE_NAME_BYTES) {
    report(field, `${quote(name)} is longer than ${MAX_INTERFACE_NAME_BYTES} bytes`);
  }
}

function checkClusterCidr(clusterCIDR: string, report: Report): void {
  const texts = clusterCIDR.split(',');
  const cidrs = texts.map(text => parseCidr(text));
  const bad = texts.filter((_, i) => !cidrs[i]);
  if (bad.length > 0) report('clusterCIDR', `${bad.map(quote).join(', ')}: no CIDR, as 10.244.0.0/16 is`);
  const families = new Set(cidrs.map(cidr => cidr?.family));
  if (texts.length > 2 || (bad.length === 0 && families.size < texts.length)) {
    report('clusterCIDR', 'must be one CIDR, or one of each family (10.244.0.0/16,fd00:10:244::/48)');
  }
}

/** The section as v1alpha1 has it. */
export const formatDetectLocal = ({ bridgeInterface, interfaceNamePrefix }: DetectLocal['detectLocal']) => ({
  bridgeInterface,
  interfaceNamePrefix,
});
