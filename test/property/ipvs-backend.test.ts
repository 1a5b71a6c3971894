import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { IpvsBackend } from '../../src/backend/ipvs/apply.ts';
import type { ServicePlan } from '../../src/plan/types.ts';
import { FakeIpvsMachine } from '../fakes/fake-ipvs-machine.ts';
import { endpoint } from '../support/builders.ts';
import { servicePlan } from '../support/plans.ts';
import { runs } from './effort.ts';

const SERVICES = ['d/web', 'd/api', 'd/dns'] as const;
const NODE = { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/16'], nodePortAddresses: ['192.0.2.1'] };

/** What a slice says of one endpoint: a weight of one that is used, or that it is listed only. */
const endpoints = fc.uniqueArray(
  fc.record({ host: fc.integer({ min: 2, max: 6 }), is: fc.constantFrom(undefined, 0, 1, 3, 'terminating' as const) }),
  { selector: ({ host }) => host, maxLength: 5 },
);
const service = fc.record({
  index: fc.nat(SERVICES.length - 1),
  /** Several may want one: the oldest has it. */
  address: fc.integer({ min: 1, max: 3 }),
  protocol: fc.constantFrom('TCP' as const, 'TCP' as const, 'UDP' as const),
  endpoints,
  scheduler: fc.constantFrom(undefined, 'wrr', 'mh'),
  affinityTimeoutSeconds: fc.constantFrom(undefined, 60),
});
type ServiceState = Omit<typeof service extends fc.Arbitrary<infer S> ? S : never, 'index'>;

const foreign = fc.constantFrom(
  '-D -t 10.96.0.1:80',
  '-d -t 10.96.0.1:80 -r 10.244.1.2:8080',
  '-e -t 10.96.0.1:80 -r 10.244.1.3:8080 -m -w 9',
  '-a -t 10.96.0.2:80 -r 10.244.9.9:8080 -m -w 1',
  '-E -t 10.96.0.2:80 -s lc',
  '-A -u 10.96.0.3:80 -s rr',
  '-A -t 10.96.7.7:80 -s rr',
);
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: service.map(one => ({ does: 'stage', ...one }) as const) },
    { weight: 1, arbitrary: fc.nat(SERVICES.length - 1).map(index => ({ does: 'remove', index }) as const) },
    { weight: 3, arbitrary: fc.constant({ does: 'commit' } as const) },
    { weight: 1, arbitrary: fc.constantFrom({ does: 'restart' } as const, { does: 'resync' } as const) },
    { weight: 1, arbitrary: fc.nat(6).map(after => ({ does: 'kill', after }) as const) },
    { weight: 1, arbitrary: foreign.map(line => ({ does: 'disturb', line }) as const) },
  ),
  { maxLength: 30, size: 'max' },
);
type Step = typeof steps extends fc.Arbitrary<readonly (infer S)[]> ? S : never;

function planOf(index: number, state: ServiceState): ServicePlan {
  const { address, protocol, endpoints: listed, scheduler, affinityTimeoutSeconds } = state;
  const used = listed.filter(({ is }) => is !== 'terminating');
  const plan = servicePlan(SERVICES[index]!, {
    seniority: `2026 ${index}`,
    clusterIP: `10.96.0.${address}`,
    protocol,
    endpoints: used.map(({ host, is }) => `10.244.1.${host}:8080${is === undefined ? '' : `=${is}`}`),
    ...(!used.length && { virtualServers: [{ forward: 'none', unavailable: 'reject' }] }),
  });
  const leftOut = listed
    .filter(({ is }) => is === 'terminating')
    .map(({ host }) => ({
      endpoint: endpoint({ address: `10.244.1.${host}`, port: 8080 }),
      from: 'cluster' as const,
      reason: 'terminating' as const,
    }));
  return {
    ...plan,
    ports: plan.ports.map(port => ({
      ...port,
      leftOut,
      servicePort: { ...port.servicePort, affinityTimeoutSeconds, ...(scheduler && { ipvs: { scheduler } }) },
    })),
  };
}

/** One process after the other on one machine, and what the last one was told. */
class World {
  readonly machine = new FakeIpvsMachine();
  readonly states = new Map<number, ServiceState>();
  backend: IpvsBackend = this.#start();

  #start(): IpvsBackend {
    const backend = this.machine.backend();
    backend.stageNode('ipv4', NODE);
    return backend;
  }

  #stage(index: number): void {
    const state = this.states.get(index);
    this.backend.stage('ipv4', SERVICES[index]!, state && planOf(index, state));
  }

  async do(step: Step): Promise<void> {
    const { ipvsadm } = this.machine;
    switch (step.does) {
      case 'stage':
      case 'remove':
        if (step.does === 'remove') this.states.delete(step.index);
        else this.states.set(step.index, step);
        this.#stage(step.index);
        return;
      case 'restart':
        this.backend = this.#start();
        for (const index of this.states.keys()) this.#stage(index);
        return;
      case 'kill':
        ipvsadm.killAfter = step.after;
        return;
      case 'disturb':
        await this.machine.disturb(step.line);
        return;
      case 'commit':
      case 'resync':
        await this.#write(step.does);
    }
  }

  /** What is there before and after was there all the time: what is deleted and made anew has lost its connections. */
  async #write(how: 'commit' | 'resync'): Promise<void> {
    const { ipvsadm } = this.machine;
    const before = await this.machine.servers();
    const from = ipvsadm.lines.length;
    // Where nothing could be written at all, the next run begins with reading.
    await this.backend[how]().catch(() => this.backend.commit());
    const after = new Set((await this.machine.servers()).map(nameOf));
    const stayed = new Set(before.map(nameOf).filter(name => after.has(name)));
    const deleted = ipvsadm.lines.slice(from).filter(line => /^-[Dd] /.test(line));
    expect(deleted.map(nameOf).filter(name => stayed.has(name))).toEqual([]);
  }
}

/** `t 10.96.0.1:80`, with `-r 10.244.1.2:8080` behind it for a real server. */
const nameOf = (line: string): string => /^-\w -(\w \S+(?: -r \S+)?)/.exec(line)?.[1] ?? line;

it('any history leaves in IPVS what its end is at once, and deletes nothing that stays', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async history => {
      const world = new World();
      for (const step of history) await world.do(step);
      world.machine.ipvsadm.killAfter = Infinity;
      await world.do({ does: 'commit' });
      await world.do({ does: 'resync' });
      // On a machine with nothing nobody is refused.
      const fresh = new World();
      for (const [index, state] of world.states) await fresh.do({ does: 'stage', index, ...state });
      expect(await fresh.backend.commit()).toMatchObject({ refused: [] });
      expect(await world.machine.servers()).toEqual(await fresh.machine.servers());
      expect((await world.backend.resync()).drifted.size).toBe(0);
    }),
    runs(150),
  );
});
