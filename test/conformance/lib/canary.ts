// A Service of the harness's own. It tells that the proxy is at work, and each change to it tells that the proxy has
// caught up with all earlier changes: Services and EndpointSlices arrive in order, so once traffic follows the
// canary's newest port, whatever was applied before has been taken in, too.

import { service, slice, target, tcp } from '../objects.ts';
import { splitTarget } from './hosts.ts';
import type { KubeObject } from './kube-object.ts';
import type { Outpost } from './outpost.ts';

const NAME = 'conformance-canary';
const ADDRESSES = ['10.96.255.254', 'fd00:10:96::fffe'] as const;
const BACKEND = 'pod-b';
const FIRST_PORT = 20_000;
/** Short, since an IPv6 sender learns of a rejection late; see steps/timing.ts. */
const TIMEOUT_MS = 300;

export class Canary {
  #step = 0;

  /** The objects for the current step. */
  objects(): KubeObject[] {
    const ports = [target(this.#targetPort)];
    return [
      service(NAME, { ip: ADDRESSES, ports: [tcp(this.#port, { targetPort: this.#targetPort })] }),
      slice(NAME, [BACKEND], { ports }),
      slice(NAME, [BACKEND], { ports, family: 'v6' }),
    ];
  }

  get #port(): number {
    return FIRST_PORT + this.#step;
  }

  /** Alternates, so that the endpoints change with every step, too. */
  get #targetPort(): number {
    return this.#step % 2 ? 8081 : 8080;
  }

  /** Goes on to the next step. */
  advance(): void {
    this.#step += 1;
  }

  /** Whether traffic from an outpost follows the current step, in both families. */
  async sings(outpost: Outpost): Promise<boolean> {
    const [v4, v6] = ADDRESSES;
    const targets = [`${v4}:${this.#port}`, `[${v6}]:${this.#port}`];
    const ask = (to: string) => outpost.call('probe', { ...splitTarget(to), timeout: TIMEOUT_MS });
    const seen = (await Promise.all(targets.map(ask))).flat();
    return seen.every(one => one.error === undefined && one.who === BACKEND && one.dstPort === this.#targetPort);
  }
}
