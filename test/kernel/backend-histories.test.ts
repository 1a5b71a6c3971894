// The property of test/property/backend.test.ts with the real nft in a network namespace. The fake one is given the same transactions, and
// must agree about each of them.

import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseTable } from '../../src/backend/nftables/parse.ts';
import { Nft } from '../../src/kernel/nft.ts';
import { FAMILIES } from '../../src/model/ip.ts';
import { FakeNft } from '../fakes/fake-nft.ts';
import type { Affinity } from '../property/backend-world.ts';
import { clusterEvents, clusterStateOf } from '../property/cluster-events.ts';
import { runs } from '../property/effort.ts';
import { elementsOf, expectedElements } from '../property/kernel-content.ts';
import { WatchedWorld, type Step } from '../property/watched-world.ts';
import { TestNamespace } from '../support/netns.ts';
import { mustSkip, nftVariants } from '../support/requirements.ts';

/** nft 1.0.6 cannot write the rules by which the kernel learns affinity for IPv6. */
const AFFINITY: Affinity = { ipv4: 'learnt', ipv6: 'hashed' };

/** Does all with both, and reads from the real one. */
class TwinNft extends FakeNft {
  readonly #real: Nft;

  constructor(real: Nft) {
    super();
    this.#real = real;
  }

  override async apply(text: string, options: { json?: boolean; check?: boolean } = {}): Promise<void> {
    const [real, fake] = await Promise.allSettled([this.#real.apply(text, options), super.apply(text, options)]);
    if (real.status !== fake.status) throw new Error(`the fake nft is not like the real one at ${text}`);
    if (real.status === 'rejected') throw real.reason;
  }

  override listTable(family: 'ip' | 'ip6', table: string): Promise<string | undefined> {
    return this.#real.listTable(family, table);
  }

  /** What the fake one would say of the same table. */
  imagined(family: 'ip' | 'ip6'): Promise<string | undefined> {
    return super.listTable(family, 'kube-proxy');
  }
}

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: clusterEvents.map((event): Step => ({ does: 'take', event })) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('commit', 'commit', 'resync', 'tidy', 'restart').map((does): Step => ({ does })),
    },
  ),
  { minLength: 10, maxLength: 35, size: 'max' },
);

for (const variant of nftVariants()) {
  describe.skipIf(mustSkip('histories on a real kernel', 'ip', 'nft'))(
    `histories on a real kernel, ${variant.name}`,
    () => {
      let namespace: TestNamespace;
      let real: Nft;

      beforeEach(() => {
        namespace = new TestNamespace();
        real = new Nft({
          path: namespace.program('nft', variant.path),
          runtimeDirectory: join(namespace.directory, 'run'),
        });
      });
      afterEach(() => {
        real.close();
        namespace.remove();
      });

      it(
        'leave what their end comes to; no transaction fails; a comparison finds nothing to do',
        { timeout: 60_000 },
        async () => {
          await fc.assert(
            fc.asyncProperty(steps, async history => {
              using world = new WatchedWorld(AFFINITY, new TwinNft(real));
              await real.apply('flush ruleset\n');
              for (const step of history) await world.do(step);
              await world.do({ does: 'tidy' });
              const taken = history.flatMap(step => (step.does === 'take' ? [step.event] : []));
              expect(elementsOf(world.tables)).toEqual(expectedElements(clusterStateOf(taken), AFFINITY));
              for (const family of FAMILIES) {
                const ip = family === 'ipv4' ? 'ip' : 'ip6';
                const [listed, imagined] = [await real.listTable(ip, 'kube-proxy'), await world.nft.imagined(ip)];
                expect(parseTable(family, imagined!)).toEqual(parseTable(family, listed!));
              }
              await world.expectNothingToDo();
              world.restart();
              await world.expectNothingToDo();
            }),
            runs(12),
          );
        },
      );
    },
  );
}
