// The monitor of tables against a real kernel: what others do is told, with their pid; what is in other tables costs nothing here.

import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { TableCommit } from '../../src/kernel/nfnetlink.ts';
import { Nft } from '../../src/kernel/nft.ts';
import { seesAllPids } from '../../src/kernel/own-processes.ts';
import { TableMonitor } from '../../src/kernel/table-monitor.ts';
import { TestNamespace } from '../support/netns.ts';
import { mustSkip, nftVariants } from '../support/requirements.ts';
import { relayIn } from './relay-in.ts';

const PROGRAM = join(import.meta.dirname, 'own-process.ts');

for (const variant of nftVariants()) {
  describe.skipIf(mustSkip('the monitor of tables', 'ip', 'nft', 'perl'))(
    `the monitor of tables, ${variant.name}`,
    () => {
      let namespace: TestNamespace;
      let ours: Nft;
      let monitor: TableMonitor;
      let relay: ChildProcess;
      let commits: TableCommit[];
      let told: string[];

      beforeEach(async () => {
        namespace = new TestNamespace();
        namespace.program('perl', '/usr/bin/perl');
        ours = new Nft({
          path: namespace.program('nft', variant.path),
          runtimeDirectory: join(namespace.directory, 'run'),
        });
        commits = [];
        told = [];
        const start = relayIn(namespace);
        monitor = new TableMonitor({
          table: 'kube-proxy',
          onCommit: commit => commits.push(commit),
          onGap: () => told.push('gap'),
          onState: ({ isWatching, error }) => told.push(isWatching ? 'up' : String(error)),
          start: table => (relay = start(table)),
        });
        await monitor.ready;
      });
      afterEach(() => {
        monitor.close();
        ours.close();
        namespace.remove();
      });

      const until = (count: number): Promise<void> => vi.waitFor(() => expect(commits).toHaveLength(count), 5000);
      const texts = (): readonly string[] =>
        commits.map(({ changes }) =>
          changes.map(({ family, verb, what, name }) => `${family} ${verb} ${what} ${name}`).join(),
        );
      const others = (text: string): string => {
        const file = join(namespace.directory, 'script.nft');
        writeFileSync(file, `${text}\n`);
        return namespace.run(variant.path, '-f', file);
      };
      /** Bytes that the relay has written, and its milliseconds on the CPU. */
      const cost = (): { written: number; cpuMs: number } => {
        const io = readFileSync(`/proc/${relay.pid}/io`, 'utf8');
        const stat = readFileSync(`/proc/${relay.pid}/stat`, 'utf8').split(' ');
        return { written: Number(/wchar: (\d+)/.exec(io)?.[1]), cpuMs: (Number(stat[13]) + Number(stat[14])) * 10 };
      };

      it('tells ours from those of others, who are named', async () => {
        await ours.apply('add table ip kube-proxy\nadd chain ip kube-proxy nat-output\n');
        const child = spawn('ip', ['netns', 'exec', namespace.name, variant.path, 'flush ruleset']);
        await until(2);
        expect(commits.map(commit => ours.processes.made(commit))).toEqual([true, false]);
        expect(commits[1]?.pid).toBe(child.pid);
        expect(texts()[1]).toBe('ip delete chain nat-output,ip delete table ');
      });

      it('tells of a table that is made and of one that is deleted', async () => {
        for (const text of ['add table ip6 kube-proxy', 'delete table ip6 kube-proxy']) others(text);
        await until(2);
        expect(texts()).toEqual(['ip6 add table ', 'ip6 delete table ']);
      });

      it('hands on nothing of other tables, and of a large transaction little', async () => {
        const elements = (table: string): string =>
          `add table ip ${table}\nadd set ip ${table} many { type ipv4_addr; }\nadd element ip ${table} many { ${Array.from({ length: 20_000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`).join()} }\n`;
        const before = cost();
        await ours.apply(elements('other'));
        // Names with ours in them are other names.
        await ours.apply(elements('kube-proxy-2'));
        await ours.apply('add table ip my\nadd set ip my kube-proxy { type ipv4_addr; comment "kube-proxy"; }\n');
        expect(commits).toEqual([]);
        await ours.apply(elements('kube-proxy'));
        await until(1);
        expect(commits[0]).toMatchObject({ isPartial: false, lacksElements: true });
        expect(texts()).toEqual(['ip add table ,ip add set many,ip add element many']);
        expect(cost().written - before.written).toBeLessThan(100_000);
        expect(told).toEqual(['up']);
      });

      it('of a large transaction names all that it touches, in what order soever', async () => {
        const keys = (from: number): string =>
          Array.from({ length: 5000 }, (_, i) => `10.${from}.${i >> 8}.${i & 255}`).join();
        const sets = ['one', 'two', 'three'].map(name => `add set ip kube-proxy ${name} { type ipv4_addr; }\n`);
        await ours.apply(
          `add table ip kube-proxy\nadd table ip6 kube-proxy\n${sets.join('')}add chain ip kube-proxy c\n`,
        );
        await ours.apply('add set ip6 kube-proxy one { type ipv4_addr; }\n');
        const elements = (family: string, name: string, from: number): string =>
          `add element ${family} kube-proxy ${name} { ${keys(from)} }\n`;
        others(
          [
            elements('ip', 'one', 1),
            elements('ip6', 'one', 1),
            'add rule ip kube-proxy c drop\n',
            elements('ip', 'one', 2),
            'add element ip kube-proxy two { 10.9.9.9 }\n',
            elements('ip', 'one', 3),
            elements('ip', 'three', 1),
            'add chain ip6 kube-proxy last\n',
          ].join(''),
        );
        await until(3);
        expect(commits[2]).toMatchObject({ isPartial: false, lacksElements: true });
        expect(texts()[2]?.split(',').toSorted()).toEqual([
          'ip add element one',
          'ip add element three',
          'ip add element two',
          'ip add rule c',
          'ip6 add chain last',
          'ip6 add element one',
        ]);
      });

      it('says so where it leaves out more than elements', async () => {
        const chains = Array.from(
          { length: 10_000 },
          (_, i) => `add chain ip kube-proxy chain-with-a-long-name-${i}\n`,
        );
        await ours.apply(`add table ip kube-proxy\n${chains.join('')}`);
        await until(1);
        expect(commits[0]).toMatchObject({ isPartial: true });
      });

      it('says so when it could not follow, and goes on', async () => {
        process.kill(relay.pid!, 'SIGSTOP');
        const many = Array.from({ length: 30_000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`).join();
        await ours.apply('add table ip kube-proxy\nadd set ip kube-proxy many { type ipv4_addr; }\n');
        for (let i = 0; i < 4; i += 1) {
          await ours.apply(`add element ip kube-proxy many { ${many} }\n`);
          await ours.apply('flush set ip kube-proxy many\n');
        }
        process.kill(relay.pid!, 'SIGCONT');
        await vi.waitFor(() => expect(told).toEqual(['up', 'gap']), 5000);
        commits.length = 0;
        others('delete table ip kube-proxy');
        await vi.waitFor(() => expect(texts().at(-1)).toBe('ip delete set many,ip delete table '), 5000);
      });

      it('ends with the one that reads it', async () => {
        relay.stdin?.end();
        await vi.waitFor(() => expect(relay.exitCode).toBe(0), 5000);
      });
    },
  );
}

describe.skipIf(mustSkip('the monitor of tables in a container', 'ip', 'nft', 'perl', 'unshare'))(
  'in a container',
  () => {
    it.skipIf(!seesAllPids())('our transactions are known, although their pids are not', () => {
      const namespace = new TestNamespace();
      onTestFinished(() => namespace.remove());
      const results = join(namespace.directory, 'results');
      namespace.run('unshare', '--pid', '--fork', '--mount-proc', process.execPath, PROGRAM, 'nft', results);
      const verdicts = { seesAllPids: false, own: [true, true], foreign: [false] };
      expect(JSON.parse(readFileSync(results, 'utf8'))).toEqual(verdicts);
    });
  },
);
