import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import type { Transport } from './transport.ts';

export interface RecordedEvent {
  readonly regarding: {
    readonly kind: string;
    /** Left out for what is in no namespace; its events are in `default`. */
    readonly namespace?: string;
    readonly name: string;
    readonly uid?: string;
    /** Default `v1`. */
    readonly apiVersion?: string;
  };
  readonly type: 'Normal' | 'Warning';
  /** Why, in one CamelCase word. */
  readonly reason: string;
  /** What was done or failed, in one CamelCase word. */
  readonly action: string;
  /** For people; cut to the API's limit of 1 kB. */
  readonly note: string;
}

export interface EventRecorder {
  /** Hands an event to the API server some time; it may get lost. */
  record(event: RecordedEvent): void;
}

export interface EventRecorderOptions {
  readonly transport: Transport;
  readonly logger: Logger;
  readonly nodeName: string;
  readonly clock?: Clock;
}

const REPORTING_CONTROLLER = 'kube-proxy';
const MAX_QUEUED = 100;
const MAX_NOTE_LENGTH = 1024;
const MAX_NAME_LENGTH = 253;
const TIMEOUT_MS = 10_000;

/** Creates events.k8s.io/v1 Events as kube-proxy does: one at a time, at most 100 waiting, failures only in the debug log. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { transport, logger, nodeName, clock = systemClock } = options;
  const queue: RecordedEvent[] = [];
  let isSending = false;
  let serial = 0;

  const send = async (event: RecordedEvent): Promise<void> => {
    serial += 1;
    const body = eventObject(event, nodeName, clock.now(), serial);
    const { namespace } = body.metadata;
    const response = await transport.request({
      method: 'POST',
      verb: 'create',
      resource: 'events',
      path: `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`,
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headersTimeoutMs: TIMEOUT_MS,
    });
    response.body.resume();
    if (response.status >= 300) throw new Error(`API server answered ${response.status}`);
  };

  const drain = async (): Promise<void> => {
    isSending = true;
    for (let event = queue.shift(); event; event = queue.shift()) {
      try {
        await send(event);
      } catch (error) {
        logger.debug({ err: error, reason: event.reason }, 'event could not be created');
      }
    }
    isSending = false;
  };

  return {
    record: event => {
      if (queue.length >= MAX_QUEUED) {
        logger.debug({ reason: event.reason }, 'event dropped, too many are waiting');
        return;
      }
      queue.push(event);
      if (!isSending) void drain();
    },
  };
}

interface EventObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
}

function eventObject(event: RecordedEvent, nodeName: string, nowMs: number, serial: number): EventObject {
  const { regarding, type, reason, action, note } = event;
  const namespace = regarding.namespace ?? 'default';
  // client-go names an event after its object and the nanosecond; ours are told apart within a millisecond by a number.
  const suffix = `.${(BigInt(nowMs) * 1_000_000n + BigInt(serial % 1_000_000)).toString(16)}`;
  const content = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: regarding.name.slice(0, MAX_NAME_LENGTH - suffix.length) + suffix, namespace },
    eventTime: new Date(nowMs).toISOString().replace('Z', '000Z'),
    reportingController: REPORTING_CONTROLLER,
    reportingInstance: nodeName,
    regarding: { apiVersion: 'v1', ...regarding },
    type,
    reason,
    action,
    note: note.slice(0, MAX_NOTE_LENGTH),
  };
  return content;
}
