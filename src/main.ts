import { hostname } from 'node:os';
import { main } from './cli/main.ts';

const { stdin, stdout, stderr } = process;
void main(process.argv.slice(2), { hostname: hostname(), stdin, stdout, stderr }).then(status => {
  process.exitCode = status;
  // Servers, watches and timers that are still there have nothing left to do.
  stdout.write('', () => process.exit());
});
