import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Node } from '../kube/types.ts';

const STEP_MS = 20;
const NODE_WAIT_MS = 30_000;
const POD_CIDR_WAIT_MS = 5 * 60_000;

/**
 * Waits for the Node object with an address, as kube-proxy's node manager does: for 30 s, then sluice goes on without (nothing is
 * "primary" then). In mode NodeCIDR it waits for pod CIDRs, 5 minutes more.
 * @param current the Node as known by now
 * @throws Error where the pod CIDRs did not come in time
 */
export async function waitForNode(
  current: () => Node | undefined,
  needsPodCIDRs: boolean,
  logger: Logger,
): Promise<Node | undefined> {
  await until(() => (current()?.addresses.length ?? 0) > 0, NODE_WAIT_MS);
  if (!current()?.addresses.length)
    logger.warn('the Node object, or an address in it, did not appear in 30 s; going on without');
  if (!needsPodCIDRs || current()?.podCIDRs.length) return current();
  logger.info('waiting for the pod CIDRs of the node (detectLocalMode NodeCIDR)');
  await until(() => (current()?.podCIDRs.length ?? 0) > 0, POD_CIDR_WAIT_MS);
  if (!current()?.podCIDRs.length)
    throw new Error('detectLocalMode is NodeCIDR, and the Node got no spec.podCIDRs in 5 minutes');
  return current();
}

async function until(holds: () => boolean, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  while (!holds() && performance.now() < end) await sleep(STEP_MS);
}
