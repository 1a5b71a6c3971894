import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeDeclarations } from '../../src/backend/nftables/encode.ts';
import { parseTable } from '../../src/backend/nftables/parse.ts';
import { readTable } from '../../src/backend/nftables/read-table.ts';
import { containersOf, NFT_FAMILY, type Container, type Part } from '../../src/backend/nftables/schema.ts';
import { Nft } from '../../src/kernel/nft.ts';
import { FAMILIES, type Family } from '../../src/model/ip.ts';
import { TestNamespace } from '../support/netns.ts';
import { mustSkip, nftVariants } from '../support/requirements.ts';
import { dumpIn } from './dump-in.ts';

/** The text of a part that is another one for each number. */
const PARTS: Readonly<Record<Part, (family: Family, i: number) => string>> = {
  index: (_, i) => String(i),
  address: (family, i) => (family === 'ipv4' ? `10.${i % 7}.0.${i % 250}` : `fd00:${i % 7}::${(i % 250).toString(16)}`),
  cidr: (family, i) => (family === 'ipv4' ? `10.${i % 200}.0.0/16` : `fd00:${(i % 200).toString(16)}::/32`),
  l4proto: (_, i) => ['tcp', 'udp', 'sctp'][i % 3]!,
  port: (_, i) => String(1 + i),
};
const spelt = (family: Family, parts: readonly Part[], i: number): string =>
  parts.map(part => PARTS[part](family, i)).join(' . ');

function elementsOf(family: Family, { name, key, value }: Container, count: number): string {
  const verdicts = ['goto some-chain', 'drop', 'accept', 'jump some-chain', 'return'];
  const elements = Array.from({ length: count }, (_, i) => {
    const own = spelt(family, key, i);
    if (value === undefined) return own;
    return `${own} : ${value === 'verdict' ? verdicts[i % 5] : spelt(family, value, i)}`;
  });
  return `add element ${NFT_FAMILY[family]} kube-proxy ${name} { ${elements.join(', ')} }\n`;
}

for (const variant of nftVariants()) {
  describe.skipIf(mustSkip('reading a table', 'ip', 'nft', 'perl'))(
    `a table is read from the kernel, ${variant.name}`,
    () => {
      let namespace: TestNamespace;
      let nft: Nft;

      const listed = async (family: Family): ReturnType<typeof readTable> =>
        parseTable(family, (await nft.listTable(NFT_FAMILY[family], 'kube-proxy')) ?? '{"nftables": []}');
      const write = (family: Family, count: number): Promise<void> =>
        nft.apply(
          [
            encodeDeclarations(family),
            `add chain ${NFT_FAMILY[family]} kube-proxy some-chain\n`,
            `add chain ${NFT_FAMILY[family]} kube-proxy base { type filter hook output priority 0; }\n`,
            ...containersOf(family)
              .filter(({ dynamic }) => !dynamic)
              .map(container => elementsOf(family, container, count)),
          ].join(''),
        );

      beforeEach(() => {
        namespace = new TestNamespace();
        const directory = join(namespace.directory, 'run');
        mkdirSync(directory);
        nft = new Nft({ path: namespace.program('nft', variant.path), runtimeDirectory: directory });
      });
      afterEach(() => {
        nft.close();
        namespace.remove();
      });

      it.each(FAMILIES)('%s: as nft lists it, whatever is in it', async family => {
        await write(family, 200);
        const expected = await listed(family);
        expect(await readTable(nft, dumpIn(namespace), family)).toEqual(expected);
        const sizes = containersOf(family).map(({ name }) => [name, expected.elements.get(name)!.size] as const);
        for (const [name, size] of sizes)
          expect(size > 0, name).toBe(!name.startsWith('affinity-') || name.endsWith('s'));
      });

      it.each(FAMILIES)('%s: a table without elements, and none', async family => {
        const none = await readTable(nft, dumpIn(namespace), family);
        expect(none.exists).toBe(false);
        await nft.apply(encodeDeclarations(family));
        expect(await readTable(nft, dumpIn(namespace), family)).toEqual(await listed(family));
      });

      it('what others have put there, in forms that are none of ours', async () => {
        await write('ipv4', 3);
        namespace.run(
          'sh',
          '-c',
          `${variant.path} -f - <<'END'
add chain ip kube-proxy theirs
add element ip kube-proxy services { 192.0.2.1 . icmp . 0 : goto theirs, 192.0.2.2 . tcp . 80 comment "mine" : continue }
add element ip kube-proxy cluster-ips { 192.0.2.9 comment "mine" }
add set ip kube-proxy foreign { type ipv4_addr; elements = { 192.0.2.3 } }
table ip other { map services { type ipv4_addr : verdict; elements = { 192.0.2.4 : accept } }; chain base { type filter hook input priority 0; policy drop; }; }
END`,
        );
        const read = await readTable(nft, dumpIn(namespace), 'ipv4');
        expect(read).toEqual(await listed('ipv4'));
        expect(read.elements.get('services')!.get('192.0.2.1 . icmp . 0')).toBe('goto theirs');
        expect(read.foreignContainers).toEqual([{ kind: 'set', name: 'foreign' }]);
      });

      it('what the counters of elements have counted', async () => {
        await nft.apply(
          `${encodeDeclarations('ipv4')}
        add element ip kube-proxy services { 127.0.0.1 . udp . 9 : accept, 127.0.0.2 . udp . 9 : accept }
        add chain ip kube-proxy base { type filter hook output priority 0; ip daddr . meta l4proto . th dport vmap @services; }\n`,
        );
        namespace.run('sh', '-c', 'ip link set lo up; for i in 1 2 3; do bash -c "echo >/dev/udp/127.0.0.1/9"; done');
        const { counts } = await readTable(nft, dumpIn(namespace), 'ipv4');
        expect(counts.get('services')).toEqual(new Map([['127.0.0.1 . udp . 9', 3]]));
        expect(counts).toEqual((await listed('ipv4')).counts);
      });

      it('many elements, while another table changes all the time', async () => {
        await write('ipv4', 2000);
        const change = '$0 add table ip other; $0 delete table ip other';
        const changing = spawn(
          'ip',
          ['netns', 'exec', namespace.name, 'sh', '-c', `for i in $(seq 25); do ${change}; done`, variant.path],
          { stdio: 'ignore' },
        );
        const ended = once(changing, 'exit');
        const read = await readTable(nft, dumpIn(namespace), 'ipv4').catch((error: unknown) => String(error));
        await ended;
        // Who is disturbed too often has nft list the table.
        if (typeof read === 'string') expect(read).toContain('perl ended early');
        else expect(read).toEqual(await listed('ipv4'));
      });

      it('refuses what is not there', async () => {
        const read = dumpIn(namespace)(
          { family: 'ip', table: 'kube-proxy', sets: ['services'] },
          { begin: () => undefined, element: () => undefined },
        );
        await expect(read).rejects.toThrow('the kernel does not list services: error 2');
      });
    },
  );
}
