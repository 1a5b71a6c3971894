// Stands for the program ipvsadm: `node fake-ipvsadm-program.ts FOLDER ARGUMENTS`. The kernel's list is the file `ipvs.json` in the folder.
// A file `kill-at` with a number in it has the program be killed before that line. It has no scheduler `nosuch`.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FakeEnd, FakeIpvs, type FakeServers } from './fake-ipvs.ts';

const [folder = '.', ...args] = process.argv.slice(2);
const file = (name: string): string => join(folder, name);
const textOf = (name: string): string => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : '');
const ipvs = new FakeIpvs(JSON.parse(textOf('ipvs.json') || '{}') as FakeServers, new Set(['nosuch']));

async function restore(): Promise<void> {
  let number = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    number += 1;
    writeFileSync(file('ipvsadm-lines'), `${line}\n`, { flag: 'a' });
    if (existsSync(file('kill-at')) && textOf('kill-at') === String(number)) {
      rmSync(file('kill-at'));
      process.kill(process.pid, 'SIGKILL');
    }
    try {
      const said = ipvs.execute(line);
      if (said !== undefined) process.stderr.write(`${said}\n`);
      else if (line.trim()) writeFileSync(file('ipvs.json'), JSON.stringify(ipvs.servers));
    } catch (error) {
      if (!(error instanceof FakeEnd)) throw error;
      process.stderr.write(`${error.message}\n`);
      process.exitCode = error.status;
      process.stdin.destroy();
      return;
    }
  }
}

writeFileSync(file('ipvsadm-pid'), String(process.pid));
writeFileSync(file('ipvsadm-calls'), `${args.join(' ')}\n`, { flag: 'a' });
if (args[0] === '--version') console.log('ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)');
else if (args[0] === '-Sn') process.stdout.write(ipvs.saved());
else await restore();
