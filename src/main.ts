import { hostname } from 'node:os';
import { main } from './cli/main.ts';

const { stdin, stdout, stderr } = process;
process.exitCode = await main(process.argv.slice(2), { hostname: hostname(), stdin, stdout, stderr });
// Servers, watches and timers that are still there have nothing left to do.
stdout.write('', () => process.exit());
