// Run by table-monitor.test.ts in a pid namespace: writes to a table, has another process write to it, and says which it takes for its own.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Nft } from '../../src/kernel/nft.ts';
import { seesAllPids } from '../../src/kernel/own-processes.ts';
import { TableMonitor } from '../../src/kernel/table-monitor.ts';

const [nftPath = '', results = ''] = process.argv.slice(2);
const runtimeDirectory = mkdtempSync(join(tmpdir(), 'own-process-'));
const nft = new Nft({ path: nftPath, runtimeDirectory });
const verdicts: boolean[] = [];
const monitor = new TableMonitor({
  table: 'kube-proxy',
  onCommit: commit => verdicts.push(nft.processes.made(commit)),
  onGap: () => undefined,
  onState: () => undefined,
});
const until = async (count: number): Promise<void> => {
  for (let i = 0; i < 200 && verdicts.length < count; i += 1) await new Promise(resolve => setTimeout(resolve, 25));
};
await monitor.ready;
await nft.apply('add table ip kube-proxy\n');
await until(1);
await nft.apply('{"nftables":[{"add":{"chain":{"family":"ip","table":"kube-proxy","name":"a"}}}]}', { json: true });
await until(2);
execFileSync(nftPath, ['flush ruleset']);
await until(3);
writeFileSync(
  results,
  JSON.stringify({ seesAllPids: seesAllPids(), own: verdicts.slice(0, 2), foreign: verdicts.slice(2) }),
);
monitor.close();
nft.close();
rmSync(runtimeDirectory, { recursive: true });
