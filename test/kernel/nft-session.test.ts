// An nft that is kept running, against a real kernel: what it says that it has done is done, and what it cannot do costs nothing.

import { existsSync, readFileSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { NftSession } from '../../src/kernel/nft-session.ts';
import { OwnProcesses } from '../../src/kernel/own-processes.ts';
import { TestNamespace } from '../support/netns.ts';
import { mustSkip, nftVariants } from '../support/requirements.ts';

/** As in a container without any. */
const HIDE_TERMINALS =
  'for d in /etc /lib /usr/share; do [ ! -d $d/terminfo ] || mount -t tmpfs none $d/terminfo; done; exec "$0" "$@"';

for (const variant of nftVariants()) {
  describe.skipIf(mustSkip('an nft that is kept running', 'ip', 'nft', 'unshare'))(
    `an nft that is kept running, ${variant.name}`,
    () => {
      let namespace: TestNamespace;
      let session: NftSession;
      let started: number[];

      beforeEach(() => {
        namespace = new TestNamespace();
        started = [];
        const path = namespace.program('nft', variant.path);
        const processes = new OwnProcesses(path, namespace.directory, true);
        vi.spyOn(processes, 'started').mockImplementation(pid => void started.push(pid));
        session = new NftSession({ path, processes });
        namespace.run(variant.path, 'add table ip x; add set ip x s { type ipv4_addr; }');
      });
      afterEach(() => {
        session.close();
        namespace.remove();
      });

      const command = (verb: string, name: string, elements: readonly string[]): string =>
        `{"${verb}":{"element":{"family":"ip","table":"x","name":"${name}","elem":${JSON.stringify(elements)}}}}`;
      const apply = (...commands: string[]): Promise<boolean> =>
        session.apply(`{"nftables":[${commands.join(',\n')}]}`);
      const elements = (): readonly string[] =>
        namespace.run(variant.path, 'list set ip x s').match(/10\.\d+\.\d+\.\d+/g) ?? [];

      it('writes one transaction after the other, each whole, by one process', async () => {
        expect(await apply(command('add', 's', ['10.0.0.1', '10.0.0.2']))).toBe(true);
        expect(elements()).toEqual(['10.0.0.1', '10.0.0.2']);
        expect(await apply(command('delete', 's', ['10.0.0.1']), command('add', 's', ['10.0.0.3']))).toBe(true);
        expect(elements()).toEqual(['10.0.0.2', '10.0.0.3']);
        expect(new Set(started).size).toBe(1);
      });

      it('sees what others have changed since', async () => {
        expect(await apply(command('add', 's', ['10.0.0.1']))).toBe(true);
        namespace.run(variant.path, 'delete table ip x; add table ip x; add set ip x s { type ipv4_addr; }');
        expect(await apply(command('add', 's', ['10.0.0.1']))).toBe(true);
        expect(elements()).toEqual(['10.0.0.1']);
        expect(new Set(started).size).toBe(1);
      });

      it('takes nothing for a set that has become one of another kind', async () => {
        expect(await apply(command('add', 's', ['10.0.0.1']))).toBe(true);
        namespace.run(variant.path, 'delete table ip x; add table ip x; add set ip x s { type inet_service; }');
        expect(await apply(command('add', 's', ['10.0.0.1']))).toBe(false);
        expect(namespace.run(variant.path, 'list set ip x s')).not.toContain('elements');
      });

      it.each([
        ['a set that is not there', [command('add', 's', ['10.0.0.1']), command('add', 'none', ['10.0.0.2'])]],
        ['an element that is not there', [command('add', 's', ['10.0.0.1']), command('delete', 's', ['10.0.0.2'])]],
        ['what is no address', [command('add', 's', ['10.0.0.1']), command('add', 's', ['10.0.0.300'])]],
        ['what is no JSON', [command('add', 's', ['10.0.0.1']), '{']],
        ['a command that is none', [command('add', 's', ['10.0.0.1']), '{"put":{}}']],
      ])('does nothing of a transaction with %s, and says so', async (_, commands) => {
        expect(await apply(...commands)).toBe(false);
        expect(elements()).toEqual([]);
      });

      it('takes as many elements as it is given at a time', async () => {
        const some = Array.from({ length: 2000 }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
        expect(await apply(command('add', 's', some))).toBe(true);
        expect(elements()).toHaveLength(2000);
      });

      it('does not mind a terminal that nobody knows', async () => {
        vi.stubEnv('TERM', 'no-such-terminal');
        expect(await apply(command('add', 's', ['10.0.0.1']))).toBe(true);
        vi.unstubAllEnvs();
        const bare = namespace.program('bare', `unshare -m sh -c '${HIDE_TERMINALS}' ${variant.path}`);
        const other = new NftSession({ path: bare, processes: new OwnProcesses(bare, namespace.directory, true) });
        onTestFinished(() => other.close());
        expect(await other.apply(`{"nftables":[${command('add', 's', ['10.0.0.2'])}]}`)).toBe(true);
        expect(elements()).toEqual(['10.0.0.1', '10.0.0.2']);
      });

      it('ends, and leaves nothing behind', async () => {
        await apply(command('add', 's', ['10.0.0.1']));
        const [pid] = started;
        expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).toMatch(/nft|ld-linux/);
        session.close();
        await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false));
      });
    },
  );
}
