import type { Logger } from 'pino';
import { deleteUdpFlows, listUdpFlows } from '../../kernel/conntrack.ts';
import type { ScratchFile } from '../../kernel/scratch-file.ts';
import { parseAddress, type Family } from '../../model/ip.ts';
import type { ServicePlan } from '../../plan/types.ts';
import { staleFlows, UdpFrontends, type Flow } from './udp-frontends.ts';

export interface FlowCleanerOptions {
  readonly families: readonly Family[];
  /** Whether an address is one of this node's. */
  readonly isLocal: (address: string) => boolean;
  readonly onCleaned: (family: Family, cleaned: { readonly seconds: number; readonly deleted: number }) => void;
  /** For batches; of this cleaner alone. */
  readonly scratch: ScratchFile;
  readonly logger: Logger;
}

const RETRY_MS = 5000;
/** A packet that was on its way while the rules changed may have made its flow after the first look. */
const SECOND_LOOK_MS = 1000;

/**
 * Removes the UDP flows that the kernel would keep sending to an endpoint that is gone, or past a Service that has come since. Works beside
 * the loop, after the rules are in place; what could not be done is tried again.
 */
export class FlowCleaner {
  readonly #options: FlowCleanerOptions;
  readonly #frontends: ReadonlyMap<Family, UdpFrontends>;
  #running: Promise<void> = Promise.resolve();

  constructor(options: FlowCleanerOptions) {
    this.#options = options;
    this.#frontends = new Map(options.families.map(family => [family, new UdpFrontends()]));
  }

  /** Notes the plan of a Service, before it is programmed. */
  record(family: Family, owner: string, plan: ServicePlan | undefined): void {
    this.#frontends.get(family)?.record(owner, plan);
  }

  /** All plans that were noted are in the kernel: cleans up after them, soon. Never throws. */
  programmed(): void {
    for (const [family, frontends] of this.#frontends) {
      const suspects = frontends.suspects();
      if (suspects.length) this.#enqueue(family, suspects);
    }
  }

  #enqueue(family: Family, suspects: readonly string[]): void {
    this.#running = this.#running.then(async () => {
      try {
        await this.#clean(family, suspects);
        this.#frontends.get(family)?.settle(suspects);
        this.#later(SECOND_LOOK_MS, () => this.#lookAgain(family, suspects));
      } catch (error) {
        this.#options.logger.error({ family, err: error }, 'stale UDP flows could not be removed; tried again soon');
        this.#later(RETRY_MS, () => this.#enqueue(family, suspects));
      }
    });
  }

  #lookAgain(family: Family, suspects: readonly string[]): void {
    this.#running = this.#running
      .then(() => this.#clean(family, suspects))
      .catch((error: unknown) => this.#options.logger.debug({ err: error }, 'second look at UDP flows failed'));
  }

  #later(delayMs: number, work: () => void): void {
    setTimeout(work, delayMs).unref();
  }

  async #clean(family: Family, suspects: readonly string[]): Promise<void> {
    const began = performance.now();
    const flows = (await listUdpFlows(family)).map((flow): Flow => ({ family, ...canonical(flow) }));
    const frontends = this.#frontends.get(family)?.resolve(suspects) ?? new Map();
    const stale = staleFlows(flows, frontends, this.#options.isLocal);
    const deleted = stale.length ? await deleteUdpFlows(family, stale, this.#options.scratch) : 0;
    this.#options.onCleaned(family, { seconds: (performance.now() - began) / 1000, deleted });
    if (deleted) this.#options.logger.info({ family, flows: deleted }, 'stale UDP flows removed');
  }
}

function canonical<T extends { readonly originalDestination: string; readonly replySource: string }>(flow: T): T {
  const text = (address: string): string => parseAddress(address)?.text ?? address;
  return { ...flow, originalDestination: text(flow.originalDestination), replySource: text(flow.replySource) };
}
