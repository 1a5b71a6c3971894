// Holds test/fakes/fake-nft.ts against the real nft: the same transactions are taken or refused by both, and leave the same behind.

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DesiredTable } from '../../src/backend/nftables/desired-table.ts';
import { encodeChains, encodeDeclarations, encodeTableDelete } from '../../src/backend/nftables/encode.ts';
import { parseTable } from '../../src/backend/nftables/parse.ts';
import type { RulesetOptions } from '../../src/backend/nftables/schema.ts';
import { CommandError } from '../../src/kernel/command.ts';
import { Nft } from '../../src/kernel/nft.ts';
import { FakeNft } from '../fakes/fake-nft.ts';
import { TestNamespace } from '../support/netns.ts';
import { mustSkip, nftVariants } from '../support/requirements.ts';
import { ATTEMPTS, EXISTS, MISSING } from './fake-nft-attempts.ts';
import { rulesetOptions } from '../support/rulesets.ts';

const options = rulesetOptions();
const SHAPES = [
  'local-tcp-2-2',
  'internal-udp-2',
  'nodeport-local-sctp-2-0',
  'cluster-tcp-3-hash',
  'local-tcp-2-1-l80-10.96.0.10',
  'learn-local-tcp-10800-s80-10.96.0.10',
  'learn-internal-udp-5-s80-10.96.0.10',
];

const frameOf = (own: RulesetOptions, shapes: readonly string[]): string => {
  const chains = new DesiredTable(own).chainsOf(shapes);
  return encodeDeclarations(own.family) + encodeChains(own.family, [...chains, ...new DesiredTable(own).baseChains]);
};

/** A listing without what differs by its nature: handles, the age of elements, the order of these and of kinds of objects. */
function comparable(listing: string): unknown {
  const { nftables } = JSON.parse(listing) as { readonly nftables: readonly Record<string, Record<string, unknown>>[] };
  return nftables
    .filter(object => !('metainfo' in object))
    .map(object => {
      const [[kind, { handle: _, elem, ...body }] = ['', {}]] = Object.entries(object);
      const texts = (elem as unknown[] | undefined)?.map(one => JSON.stringify(one, withoutAge)).toSorted();
      return { kind, ...body, ...(texts && { elem: texts }) };
    })
    .toSorted((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0));
}

const withoutAge = (key: string, value: unknown): unknown => (key === 'expires' ? undefined : value);

for (const variant of nftVariants()) {
  describe.skipIf(mustSkip('the fake nft against the real one', 'ip', 'nft'))(
    `the fake nft and ${variant.name}`,
    () => {
      let namespace: TestNamespace;
      let real: Nft;
      let fake: FakeNft;
      let printsTypeof: boolean;

      beforeEach(async () => {
        namespace = new TestNamespace();
        real = new Nft({
          path: namespace.program('nft', variant.path),
          runtimeDirectory: join(namespace.directory, 'run'),
        });
        fake = new FakeNft();
        printsTypeof = (await real.version()).startsWith('1.1.');
      });
      afterEach(() => {
        real.close();
        fake.close();
        namespace.remove();
      });

      const both = async (text: string, json = false): Promise<readonly (string | undefined)[]> => {
        const outcome = async (nft: Nft): Promise<string | undefined> => {
          try {
            await nft.apply(text, { json });
            return undefined;
          } catch (error) {
            if (!(error instanceof CommandError)) throw error;
            return error.message;
          }
        };
        return [await outcome(real), await outcome(fake)];
      };
      const expectSame = async (family: 'ip' | 'ip6', context: string): Promise<void> => {
        const [listed, imagined] = [
          await real.listTable(family, 'kube-proxy'),
          await fake.listTable(family, 'kube-proxy'),
        ];
        if (listed === undefined || imagined === undefined) expect(imagined, context).toBe(listed);
        else {
          const own = family === 'ip' ? 'ipv4' : 'ipv6';
          expect(parseTable(own, imagined), context).toEqual(parseTable(own, listed));
          // Older versions print the same in other words, which parse.ts knows.
          if (printsTypeof) expect(comparable(imagined), context).toEqual(comparable(listed));
        }
      };
      const full = (text: string): string => text.replaceAll(/^(add|delete|flush) (\w+)/gm, '$1 $2 ip kube-proxy');

      it.each(Object.entries(ATTEMPTS))('agree on %s', async (_, attempts) => {
        expect(await both(frameOf(options, SHAPES))).toEqual([undefined, undefined]);
        await expectSame('ip', 'frame');
        for (const { text, refused } of attempts) {
          for (const said of await both(full(text))) {
            if (refused) expect(said, text).toMatch(refused);
            else expect(said, text).toBeUndefined();
          }
          await expectSame('ip', text);
        }
      });

      it('agree on JSON of elements', async () => {
        await both(frameOf(options, SHAPES));
        const element = (verb: string, name: string, ...elem: unknown[]): string =>
          JSON.stringify({
            nftables: [{ [verb]: { element: { family: 'ip', table: 'kube-proxy', name, elem } } }],
          });
        const vip = { concat: ['10.96.0.1', 'tcp', 80] };
        const cidr = { prefix: { addr: '10.0.0.0', len: 8 } };
        for (const [json, refused] of [
          [element('add', 'services', [vip, { goto: { target: 'cluster-tcp-2' } }])],
          [element('add', 'services', [vip, { drop: null }]), EXISTS],
          [element('add', 'endpoints-tcp', [{ concat: [0, '10.96.0.1', 80] }, { concat: ['10.0.0.1', 8080] }])],
          [element('add', 'source-ranges', { concat: ['10.96.0.1', 'tcp', 80, cidr] })],
          [element('add', 'service-cidrs', cidr)],
          [element('add', 'cluster-ips', '10.96.0.1', '10.96.0.2')],
          [element('delete', 'endpoints-tcp', { concat: [0, '10.96.0.1', 80] })],
          [element('delete', 'endpoints-tcp', { concat: [0, '10.96.0.1', 80] }), MISSING],
          [element('add', 'cluster-ips'), /Invalid set/],
          ['{"nftables":[]}'],
        ] as const) {
          for (const said of await both(json, true)) {
            if (refused) expect(said, json).toMatch(refused);
            else expect(said, json).toBeUndefined();
          }
          await expectSame('ip', json);
        }
      });

      it('print every rule and set of ours alike, whatever the options', async () => {
        for (const family of ['ipv4', 'ipv6'] as const) {
          for (const localSource of ['pod-cidrs', { interfacePattern: 'veth*' }, undefined] as const) {
            for (const [masqueradeMark, nodePorts] of [
              [0x4000, 'all'],
              [1, 'listed'],
            ] as const) {
              const own = {
                family,
                localSource,
                masqueradeAll: masqueradeMark === 1,
                masqueradeMark,
                nodePorts,
                affinity: 'learnt',
              } as const;
              const sticky = [`cluster-udp-2-s53-fd00__10`, `learn-local-sctp-86400-l53-fd00__10`];
              const shapes = family === 'ipv4' ? SHAPES : [...SHAPES.slice(0, 4), ...sticky];
              expect(await both(encodeTableDelete(family) + frameOf(own, shapes))).toEqual([undefined, undefined]);
              await expectSame(family === 'ipv4' ? 'ip' : 'ip6', JSON.stringify(own));
            }
          }
        }
      });

      it('agree on a check, and on a table that is not there', async () => {
        await expectSame('ip', 'no table');
        expect(await real.listMap('ip', 'kube-proxy', 'services')).toBe(
          await fake.listMap('ip', 'kube-proxy', 'services'),
        );
        for (const nft of [real, fake]) {
          await nft.apply(frameOf(options, SHAPES), { check: true });
          await expect(nft.apply('delete table ip kube-proxy\n', { check: true })).rejects.toThrow(MISSING);
        }
        await expectSame('ip', 'after a check');
        await both(frameOf(options, SHAPES));
        await both(full('add element affinity-tcp { 1 . 2 . 3 . 192.0.2.1 timeout 3h : 10.0.0.1 . 80 }\n'));
        const maps = await Promise.all([real, fake].map(nft => nft.listMap('ip', 'kube-proxy', 'affinity-tcp')));
        if (printsTypeof) expect(comparable(maps[1]!)).toEqual(comparable(maps[0]!));
      });
    },
  );
}
