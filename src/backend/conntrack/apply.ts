import type { Logger } from 'pino';
import { deleteUdpFlows, listUdpFlows } from '../../kernel/conntrack.ts';
import type { ScratchFile } from '../../kernel/scratch-file.ts';
import { parseAddress, type Family } from '../../model/ip.ts';
import { Cleaner } from '../cleaner.ts';
import { staleFlows, udpFrontends, type Flow } from './stale-flows.ts';

export interface FlowCleanerOptions {
  readonly families: readonly Family[];
  /** Whether an address is one of this node's. */
  readonly isLocal: (address: string) => boolean;
  readonly onCleaned: (family: Family, cleaned: { readonly seconds: number; readonly deleted: number }) => void;
  /** For batches; of this cleaner alone. */
  readonly scratch: ScratchFile;
  readonly logger: Logger;
}

/** Makes the cleaner of UDP flows that the kernel would keep sending to an endpoint that is gone, or past a Service that has come since. */
export function createFlowCleaner({ families, isLocal, onCleaned, scratch, logger }: FlowCleanerOptions): Cleaner {
  const clean: ConstructorParameters<typeof Cleaner>[1]['clean'] = async (family, suspects, keys) => {
    if (!keys.length) return;
    const began = performance.now();
    const flows = (await listUdpFlows(family)).map((flow): Flow => ({ family, ...canonical(flow) }));
    const stale = staleFlows(flows, suspects.resolve(keys), isLocal);
    const deleted = stale.length ? await deleteUdpFlows(family, stale, scratch) : 0;
    onCleaned(family, { seconds: (performance.now() - began) / 1000, deleted });
    if (deleted) logger.info({ family, flows: deleted }, 'stale UDP flows removed');
  };
  return new Cleaner(families, { what: 'stale UDP flows', ownedBy: udpFrontends, clean }, logger);
}

function canonical<T extends { readonly originalDestination: string; readonly replySource: string }>(flow: T): T {
  const text = (address: string): string => parseAddress(address)?.text ?? address;
  return { ...flow, originalDestination: text(flow.originalDestination), replySource: text(flow.replySource) };
}
