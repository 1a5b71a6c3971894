import { describe, expect, it } from 'vitest';
import { readinessChecks } from '../../../src/cli/readiness-checks.ts';
import type { ReflectorStatus } from '../../../src/kube/reflector-observer.ts';
import { HealthState } from '../../../src/telemetry/health-state.ts';
import { KernelFreshness } from '../../../src/telemetry/kernel-freshness.ts';
import { Readiness } from '../../../src/telemetry/readiness.ts';

const RESOURCES = ['nodes', 'services', 'endpointslices', 'servicecidrs'];

const status = (resource: string, more: Partial<ReflectorStatus> = {}): ReflectorStatus => ({
  resource,
  state: 'watching',
  hasSynced: true,
  resourceVersion: '7',
  objects: 1,
  lastEventAt: 0,
  watchingSince: 0,
  failures: 0,
  lastError: undefined,
  ...more,
});

function setUp() {
  let nowMs = 0;
  const reflectors = new Map(RESOURCES.map(resource => [resource, status(resource)]));
  const health = new HealthState({ healthTimeoutMs: 60_000, now: () => nowMs });
  const kernel = new KernelFreshness({ maxAgeMs: () => 900_000, now: () => nowMs });
  const readiness = new Readiness();
  for (const check of readinessChecks({ reflectors: () => [...reflectors.values()], health, kernel })) {
    readiness.add(check);
  }
  health.updated('ipv4');
  kernel.succeeded(true);
  const problems = (): Record<string, string> =>
    Object.fromEntries(readiness.results().flatMap(({ name, problem }) => (problem ? [[name, problem]] : [])));
  return { reflectors, health, kernel, readiness, problems, pass: (ms: number) => void (nowMs += ms) };
}

describe('readinessChecks', () => {
  it('are these, and hold where all is right', () => {
    const { readiness, problems } = setUp();
    expect(problems()).toEqual({});
    expect(readiness.results().map(({ name }) => name)).toEqual([
      ...RESOURCES.map(resource => `${resource}-synced`),
      'kernel-compared',
      'changes-programmed',
    ]);
  });

  it.each(RESOURCES)('know whether %s were received', resource => {
    const { reflectors, problems } = setUp();
    reflectors.delete(resource);
    expect(problems()).toEqual({ [`${resource}-synced`]: 'not asked for yet' });
    reflectors.set(resource, status(resource, { hasSynced: false, state: 'listing' }));
    expect(problems()).toEqual({ [`${resource}-synced`]: 'no full state received yet' });
    const failing = { hasSynced: false, failures: 3, lastError: 'connect ECONNREFUSED 10.0.0.1:6443' };
    reflectors.set(resource, status(resource, failing));
    expect(problems()).toEqual({
      [`${resource}-synced`]: 'no full state received yet; 3 requests in a row failed',
    });
  });

  it('bear with an API server that is lost later on', () => {
    const { reflectors, problems } = setUp();
    reflectors.set('services', status('services', { state: 'waiting', failures: 9, lastError: 'reset' }));
    expect(problems()).toEqual({});
  });

  it('know when the kernel was last compared', () => {
    const { problems, pass } = setUp();
    pass(900_000);
    expect(problems()).toEqual({});
    pass(1);
    expect(Object.keys(problems())).toEqual(['kernel-compared']);
  });

  it('know that a change has been waiting', () => {
    const { health, problems, pass } = setUp();
    health.queuedUpdate('ipv4');
    pass(59_999);
    expect(problems()).toEqual({});
    pass(1);
    expect(problems()).toEqual({
      'changes-programmed': 'a change has been waiting for longer than two sync periods',
    });
  });
});
