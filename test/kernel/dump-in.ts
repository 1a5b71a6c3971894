import { spawn } from 'node:child_process';
import type { DumpSets } from '../../src/backend/nftables/read-table.ts';
import { dumpSets } from '../../src/kernel/set-dump.ts';
import type { TestNamespace } from '../support/netns.ts';

/** `dumpSets` in a test's network namespace. */
export const dumpIn =
  ({ name }: TestNamespace): DumpSets =>
  (what, visitor) =>
    dumpSets(what, visitor, (file, args) =>
      spawn('ip', ['netns', 'exec', name, file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] }),
    );
