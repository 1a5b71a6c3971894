import { describe, expect, it } from 'vitest';
import { HealthState } from '../../../src/telemetry/health-state.ts';

const START_MS = Date.parse('2026-01-02T03:04:05.000Z');
const TIMEOUT_MS = 60_000;

/** A state and a clock that starts at START_MS; `at(seconds)` moves it. */
function setup(): { state: HealthState; at: (seconds: number) => HealthState } {
  let nowMs = START_MS;
  const state = new HealthState({ healthTimeoutMs: TIMEOUT_MS, now: () => nowMs });
  state.setNodeEligible(true);
  return {
    state,
    at: seconds => {
      nowMs = START_MS + seconds * 1000;
      return state;
    },
  };
}

interface Case {
  readonly name: string;
  readonly act: (at: (seconds: number) => HealthState) => void;
  readonly askedAt: number;
  readonly healthy: boolean;
  readonly status?: object;
}

const family = (second: string, healthy: boolean): object => ({ lastUpdated: `2026-01-02T03:${second}Z`, healthy });

const cases: readonly Case[] = [
  { name: 'nothing has happened yet', act: () => undefined, askedAt: 3600, healthy: true },
  {
    name: 'a family that was never updated is not judged',
    act: at => at(0).queuedUpdate('ipv4'),
    askedAt: 3600,
    healthy: true,
  },
  {
    name: 'nothing changed for long (E-42)',
    act: at => at(0).updated('ipv4'),
    askedAt: 24 * 3600,
    healthy: true,
    status: { IPv4: family('04:05', true) },
  },
  {
    name: 'a change waits, but not for too long',
    act: at => {
      at(0).updated('ipv4');
      at(10).queuedUpdate('ipv4');
    },
    askedAt: 69.999,
    healthy: true,
    status: { IPv4: family('04:05', true) },
  },
  {
    name: 'a change waits for exactly the timeout',
    act: at => {
      at(0).updated('ipv4');
      at(10).queuedUpdate('ipv4');
    },
    askedAt: 70,
    healthy: false,
    status: { IPv4: family('04:05', false) },
  },
  {
    name: 'the oldest waiting change counts, not the newest',
    act: at => {
      at(0).updated('ipv4');
      at(10).queuedUpdate('ipv4');
      at(69).queuedUpdate('ipv4');
    },
    askedAt: 70,
    healthy: false,
    status: { IPv4: family('04:05', false) },
  },
  {
    name: 'an update clears what was waiting',
    act: at => {
      at(0).updated('ipv4');
      at(10).queuedUpdate('ipv4');
      at(20).updated('ipv4');
    },
    askedAt: 3600,
    healthy: true,
    status: { IPv4: family('04:25', true) },
  },
  {
    name: 'a family recovers late',
    act: at => {
      at(0).updated('ipv4');
      at(10).queuedUpdate('ipv4');
      at(200).updated('ipv4');
    },
    askedAt: 200,
    healthy: true,
    status: { IPv4: family('07:25', true) },
  },
  {
    name: 'one of two families is late (E-43)',
    act: at => {
      at(0).updated('ipv4');
      at(1).updated('ipv6');
      at(2).queuedUpdate('ipv6');
      at(3).queuedUpdate('ipv4');
      at(4).updated('ipv4');
    },
    askedAt: 62,
    healthy: false,
    status: { IPv4: family('04:09', true), IPv6: family('04:06', false) },
  },
];

describe('HealthState', () => {
  it.each(cases)('$name', ({ act, askedAt, healthy, status }) => {
    const { state, at } = setup();
    act(at);
    at(askedAt);
    const { body, ...livez } = state.livez();
    expect(state.isHealthy()).toBe(healthy);
    expect(livez.status).toBe(healthy ? 200 : 503);
    expect(body.healthy).toBe(healthy);
    expect(body.status).toEqual(status);
    expect(state.healthz().status).toBe(healthy ? 200 : 503);
    expect(state.healthz().body.nodeEligible).toBe(true);
  });

  it('counts the node for /healthz only (E-41)', () => {
    const { state } = setup();
    state.updated('ipv4');
    state.setNodeEligible(false);
    expect(state.healthz()).toMatchObject({ status: 503, body: { nodeEligible: false, healthy: true } });
    expect(state.livez().status).toBe(200);
    expect(state.livez().body).not.toHaveProperty('nodeEligible');
    expect(state.isHealthy()).toBe(true);
    state.setNodeEligible(true);
    expect(state.healthz()).toMatchObject({ status: 200, body: { nodeEligible: true } });
  });

  it('holds the node for not eligible until it is known', () => {
    const state = new HealthState({ healthTimeoutMs: TIMEOUT_MS, now: () => START_MS });
    expect(state.healthz()).toMatchObject({ status: 503, body: { nodeEligible: false } });
  });

  it('tells "now" as the last update while it answers 200, else the newest update of all families', () => {
    const { state, at } = setup();
    at(1).updated('ipv4');
    at(2).updated('ipv6');
    at(3).queuedUpdate('ipv4');
    expect(at(30).livez().body.lastUpdated).toBe('2026-01-02T03:04:35Z');
    at(63);
    expect(state.livez().body).toMatchObject({
      lastUpdated: '2026-01-02T03:04:07Z',
      currentTime: '2026-01-02T03:05:08Z',
    });
  });

  it('writes the body as kube-proxy does, byte for byte', () => {
    const { state, at } = setup();
    at(0.12).updated('ipv6');
    at(0.25).updated('ipv4');
    expect(JSON.stringify(at(1.005).healthz().body)).toBe(
      '{"lastUpdated":"2026-01-02T03:04:06.005Z","currentTime":"2026-01-02T03:04:06.005Z","nodeEligible":true,' +
        '"healthy":true,"status":{"IPv4":{"lastUpdated":"2026-01-02T03:04:05.25Z","healthy":true},' +
        '"IPv6":{"lastUpdated":"2026-01-02T03:04:05.12Z","healthy":true}}}',
    );
    const { state: fresh } = setup();
    fresh.setNodeEligible(false);
    expect(JSON.stringify(fresh.healthz().body)).toBe(
      '{"lastUpdated":"0001-01-01T00:00:00Z","currentTime":"2026-01-02T03:04:05Z","nodeEligible":false,"healthy":true}',
    );
    expect(state.livez().body).not.toHaveProperty('nodeEligible');
  });
});
