import { join } from 'node:path';
import type { FakePrograms } from './fake-programs.ts';

/** Puts the program of fake-ipvsadm-program.ts into the folder. @returns its path */
export const addIpvsadm = (programs: FakePrograms): string =>
  programs.add(
    'ipvsadm',
    `exec '${process.execPath}' '${join(import.meta.dirname, 'fake-ipvsadm-program.ts')}' "$folder" "$@"`,
  );

/** How often it was started to take commands. */
export const startsOf = (programs: FakePrograms): number =>
  programs
    .read('ipvsadm-calls')
    .split('\n')
    .filter(call => call === '-R').length;
