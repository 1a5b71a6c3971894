import { describe, expect, it } from 'vitest';
import type { Conflict } from '../../../src/backend/backend.ts';
import { ConflictReports } from '../../../src/cli/conflict-reports.ts';
import type { RecordedEvent } from '../../../src/kube/event-recorder.ts';
import { ServiceIndex } from '../../../src/model/service-index.ts';
import { service } from '../../support/builders.ts';
import { keptLog } from '../../support/log-lines.ts';

const conflict = (claim: string, loser = 'default/web'): Conflict => ({ claim, winner: 'shop/old', loser });

function setUp() {
  const index = new ServiceIndex();
  index.setService(service({ uid: 'uid-of-web' }));
  const events: RecordedEvent[] = [];
  const log = keptLog();
  const reports = new ConflictReports(index, { record: event => void events.push(event) }, log.logger);
  return { reports, events, log };
}

describe('ConflictReports', () => {
  it('tells of a conflict as an event of the younger Service, and in the log', () => {
    const { reports, events, log } = setUp();
    reports.update('ipv4', [conflict('203.0.113.30 . tcp . 80')]);
    expect(events).toEqual([
      {
        regarding: { kind: 'Service', namespace: 'default', name: 'web', uid: 'uid-of-web' },
        type: 'Warning',
        reason: 'AddressConflict',
        action: 'Forward',
        note: '203.0.113.30 tcp 80 belongs to the older Service shop/old and is not forwarded for this one',
      },
    ]);
    expect(log.records).toMatchObject([
      { level: 'warn', component: 'conflicts', service: 'default/web', has: 'shop/old', claim: '203.0.113.30 tcp 80' },
    ]);
  });

  it('tells each one once, and again when it comes back', () => {
    const { reports, events } = setUp();
    const [a, b] = [conflict('a'), conflict('b')];
    const told = [[a], [a], [b, a], [b], [], [b]].map(conflicts => {
      events.length = 0;
      reports.update('ipv4', conflicts);
      return events.map(({ note }) => note[0]).join('');
    });
    expect(told).toEqual(['a', '', 'b', '', '', 'b']);
  });

  it('keeps families apart', () => {
    const { reports, events } = setUp();
    reports.update('ipv4', [conflict('tcp . 30080')]);
    reports.update('ipv6', [conflict('tcp . 30080')]);
    reports.update('ipv6', []);
    reports.update('ipv4', [conflict('tcp . 30080')]);
    expect(events).toHaveLength(2);
  });

  it('does not need to know the Service any more', () => {
    const { reports, events } = setUp();
    reports.update('ipv4', [conflict('a', 'shop/unknown')]);
    expect(events[0]?.regarding).toEqual({ kind: 'Service', namespace: 'shop', name: 'unknown' });
  });
});
