import type { Logger } from 'pino';
import type { Conflict } from '../backend/backend.ts';
import type { EventRecorder } from '../kube/event-recorder.ts';
import type { Family } from '../model/ip.ts';
import type { ServiceIndex } from '../model/service-index.ts';

/** Tells, once each, of Services that want a virtual server which an older Service has: in the log and as an event of the younger one. */
export class ConflictReports {
  readonly #index: ServiceIndex;
  readonly #events: EventRecorder;
  readonly #logger: Logger;
  readonly #known = new Map<Family, ReadonlySet<string>>();

  constructor(index: ServiceIndex, events: EventRecorder, logger: Logger) {
    this.#index = index;
    this.#events = events;
    this.#logger = logger.child({ component: 'conflicts' });
  }

  /** @param conflicts all there are in the family by now */
  update(family: Family, conflicts: readonly Conflict[]): void {
    const known = this.#known.get(family) ?? new Set();
    if (!conflicts.length && !known.size) return;
    const textOf = ({ claim, winner, loser }: Conflict): string => `${claim} ${winner} ${loser}`;
    for (const conflict of conflicts) if (!known.has(textOf(conflict))) this.#tell(conflict);
    this.#known.set(family, new Set(conflicts.map(textOf)));
  }

  #tell({ claim, winner, loser }: Conflict): void {
    const where = claim.replaceAll(' . ', ' ');
    this.#logger.warn(
      { service: loser, has: winner, claim: where },
      'two Services want one address and port; the older one has it',
    );
    const [namespace = '', name = ''] = loser.split('/');
    const uid = this.#index.service(loser)?.uid;
    this.#events.record({
      regarding: { kind: 'Service', namespace, name, ...(uid !== undefined && { uid }) },
      type: 'Warning',
      reason: 'AddressConflict',
      action: 'Forward',
      note: `${where} belongs to the older Service ${winner} and is not forwarded for this one`,
    });
  }
}
