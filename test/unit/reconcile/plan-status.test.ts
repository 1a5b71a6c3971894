import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/kube/types.ts';
import type { ServicePort } from '../../../src/model/service-port.ts';
import type { ServicePlan } from '../../../src/plan/types.ts';
import { PlanStatus } from '../../../src/reconcile/plan-status.ts';
import { servicePlan } from '../../support/plans.ts';

/** A plan whose port has these policies. */
function withPolicies(endpoints: readonly string[], policies: Partial<ServicePort>): ServicePlan {
  const { ports, ...rest } = servicePlan('d/web', { endpoints });
  return { ...rest, ports: ports.map(port => ({ ...port, servicePort: { ...port.servicePort, ...policies } })) };
}

const problem = (field: string): Problem => ({ object: 'Service d/web', field, message: 'is wrong' });
const withProblems = (...fields: string[]): ServicePlan => ({ ...servicePlan('d/web'), problems: fields.map(problem) });
const withHealthCheck = (port: number, localEndpoints: number): ServicePlan => ({
  ...servicePlan('d/web'),
  healthCheckNodePort: port,
  localReadyEndpoints: localEndpoints,
});

describe('PlanStatus of service ports without local endpoints', () => {
  const remote = ['10.244.2.3:8080'];
  const local = ['10.244.1.2:8080*'];
  const both = { internalTrafficPolicy: 'local', externalTrafficPolicy: 'local' } as const;
  it.each<{ name: string; plan: ServicePlan; internal: number; external: number }>([
    { name: 'policy Cluster', plan: withPolicies(remote, {}), internal: 0, external: 0 },
    {
      name: 'internal Local',
      plan: withPolicies(remote, { internalTrafficPolicy: 'local' }),
      internal: 1,
      external: 0,
    },
    {
      name: 'external Local',
      plan: withPolicies(remote, { externalTrafficPolicy: 'local' }),
      internal: 0,
      external: 1,
    },
    { name: 'both Local', plan: withPolicies(remote, both), internal: 1, external: 1 },
    { name: 'with a local one', plan: withPolicies(local, both), internal: 0, external: 0 },
    { name: 'without endpoints anywhere', plan: withPolicies([], both), internal: 0, external: 0 },
  ])('$name', ({ plan, internal, external }) => {
    const status = new PlanStatus();
    status.record('ipv4', 'd/web', plan);
    expect(status.noLocalEndpoints('ipv4')).toEqual({ internal, external });
    expect(status.noLocalEndpoints('ipv6')).toEqual({ internal: 0, external: 0 });
  });

  it('adds all Services up, and follows them', () => {
    const status = new PlanStatus();
    status.record('ipv4', 'd/a', withPolicies(remote, both));
    status.record('ipv4', 'd/b', withPolicies(remote, both));
    status.record('ipv4', 'd/b', withPolicies(remote, both));
    expect(status.noLocalEndpoints('ipv4')).toEqual({ internal: 2, external: 2 });
    status.record('ipv4', 'd/a', withPolicies(local, both));
    status.record('ipv4', 'd/b', withPolicies(remote, { externalTrafficPolicy: 'local' }));
    expect(status.noLocalEndpoints('ipv4')).toEqual({ internal: 0, external: 1 });
    status.record('ipv4', 'd/b', undefined);
    status.record('ipv4', 'd/unknown', undefined);
    expect(status.noLocalEndpoints('ipv4')).toEqual({ internal: 0, external: 0 });
  });
});

describe('PlanStatus of health checks', () => {
  it('tells the servers that a family should have', () => {
    const status = new PlanStatus();
    status.record('ipv4', 'd/web', withHealthCheck(32_000, 0));
    status.record('ipv4', 'd/plain', servicePlan('d/plain'));
    expect(Object.fromEntries(status.healthChecks('ipv4'))).toEqual({ 'd/web': { port: 32_000, localEndpoints: 0 } });
    expect(status.healthChecks('ipv6').size).toBe(0);
    status.record('ipv4', 'd/web', withHealthCheck(32_001, 3));
    expect(Object.fromEntries(status.healthChecks('ipv4'))).toEqual({ 'd/web': { port: 32_001, localEndpoints: 3 } });
    status.record('ipv4', 'd/web', servicePlan('d/web'));
    expect(status.healthChecks('ipv4').size).toBe(0);
  });
});

describe('PlanStatus of problems', () => {
  it('tells each problem when it appears, and again when it comes back', () => {
    const status = new PlanStatus();
    expect(status.record('ipv4', 'd/web', withProblems('a', 'b'))).toEqual([problem('a'), problem('b')]);
    expect(status.record('ipv4', 'd/web', withProblems('b', 'c'))).toEqual([problem('c')]);
    expect(status.record('ipv4', 'd/web', withProblems())).toEqual([]);
    expect(status.record('ipv4', 'd/web', withProblems('b'))).toEqual([problem('b')]);
    expect(status.record('ipv4', 'd/web', undefined)).toEqual([]);
    expect(status.problems()).toEqual([]);
  });

  it('lists a problem of both families once', () => {
    const status = new PlanStatus();
    status.record('ipv4', 'd/web', withProblems('a', 'b'));
    status.record('ipv6', 'd/web', withProblems('b', 'c'));
    expect(status.problems()).toEqual(['a', 'b', 'c'].map(problem));
    status.record('ipv4', 'd/web', undefined);
    expect(status.problems()).toEqual(['b', 'c'].map(problem));
  });

  it.each(['object', 'field', 'message'] as const)('problems that differ in their %s are two', part => {
    const status = new PlanStatus();
    const other = { ...problem('a'), [part]: 'other' };
    status.record('ipv4', 'd/web', { ...servicePlan('d/web'), problems: [problem('a'), other] });
    expect(status.problems()).toEqual([problem('a'), other]);
  });
});
