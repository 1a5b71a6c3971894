// A virtual machine that runs Debian's kernel on this machine's own file system. `scripts/vm-setup` makes what it takes.

import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const PROJECT = resolve(import.meta.dirname, '../..');
const CACHE = join(PROJECT, '.cache/vm');
const SHOWN_AT_MOST = 20;

/** A folder of this machine that the guest can write to. */
export interface GuestExport {
  readonly folder: string;
  /** Where it is in the guest: below /tmp or /run, since all else is read-only. */
  readonly at: string;
}

export interface GuestOptions {
  /** A shell command, which begins in the project's folder. */
  readonly command: string;
  readonly memoryMb: number;
  /** Kernel modules that are loaded before; others come by themselves, when they are asked for. */
  readonly modules?: readonly string[];
  readonly timeoutSeconds: number;
  readonly exports?: readonly GuestExport[];
  /** Takes each line of the guest's console. */
  readonly onLine: (line: string) => void;
  /** Ends the guest. */
  readonly signal: AbortSignal;
}

const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** What runs in the guest; nothing of this process's environment gets there. */
const scriptOf = (command: string): string => `
export PATH=/run/programs:${quote(dirname(process.execPath))}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/tmp LANG=C.UTF-8 CI=true NO_COLOR=1
cd ${quote(PROJECT)} || exit
${command}
`;

/** A folder as 9p shows it to the guest. */
function folderArguments(tag: string, path: string, mode: '' | ',readonly=on' = ''): string[] {
  // A comma in a value of an option is written twice.
  const file = `local,id=${tag},path=${path.replaceAll(',', ',,')},security_model=none,multidevs=remap${mode}`;
  return ['-fsdev', file, '-device', `virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`];
}

/**
 * No /dev/kvm: one that is there does not always boot a stock kernel. One processor: emulating a second one costs as
 * much time as it gives. The kernel must not judge its timer and its clock, which stand still where this machine is
 * busy, and to program a timer for each short wait costs more than to be woken at a steady rate.
 */
function qemuArguments({ memoryMb, exports = [] }: GuestOptions, control: string): string[] {
  const machine = [
    ['-accel', 'tcg,thread=multi'],
    ['-cpu', 'max'],
    ['-m', String(memoryMb)],
    ['-nodefaults', '-no-reboot'],
    ['-display', 'none'],
    ['-serial', 'stdio'],
    ['-kernel', join(CACHE, 'vmlinuz')],
    ['-initrd', join(CACHE, 'initramfs.gz')],
    ['-append', 'console=ttyS0 panic=-1 quiet no_timer_check tsc=reliable highres=off'],
  ];
  return [
    ...machine.flat(),
    ...folderArguments('machine', '/', ',readonly=on'),
    ...folderArguments('control', control),
    ...exports.flatMap(({ folder }, index) => folderArguments(`export${index}`, resolve(folder))),
  ];
}

/** Boots the guest and waits until it is switched off, or ended by the signal. Resolves to the end of what it printed. */
function boot(options: GuestOptions, control: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    // The kernel ends qemu where this process is killed and can end nothing itself.
    const command = ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...qemuArguments(options, control)];
    const child = spawn('setpriv', command, { stdio: ['ignore', 'pipe', 'pipe'] });
    const shown: string[] = [];
    const end = (): void => void child.kill('SIGKILL');
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', line => {
        shown.splice(0, shown.length - SHOWN_AT_MOST + 1);
        shown.push(line);
        options.onLine(line);
      });
    }
    child.on('error', reject);
    child.on('close', () => {
      signal.removeEventListener('abort', end);
      resolve(shown.join('\n'));
    });
  });
}

/**
 * Runs a command in a guest: as root, on this machine's file system, which is read-only but for the exports, /tmp and
 * /run (both empty). Resolves to its exit status. Rejects where the command did not come to its end: because of the
 * time, the signal, or since the guest could not be booted.
 */
export async function runInGuest(options: GuestOptions): Promise<number> {
  const { command, modules = [], exports = [], timeoutSeconds } = options;
  const control = await mkdtemp(join(tmpdir(), 'sluice-vm-'));
  try {
    const mounts = exports.map(({ at }, index) => `export${index} ${at}`);
    const settings = { PROJECT, MODULES: modules.join(' '), EXPORTS: mounts.join(' ') };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${quote(value)}\n`);
    await writeFile(join(control, 'settings.sh'), lines.join(''));
    await writeFile(join(control, 'command.sh'), scriptOf(command));
    await copyFile(join(import.meta.dirname, 'start.sh'), join(control, 'start.sh'));
    const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
    const shown = await boot(options, control, AbortSignal.any([timeout, options.signal]));
    const status = await readFile(join(control, 'status'), 'utf8').catch(() => '');
    if (status) return Number(status);
    if (options.signal.aborted) throw new Error('interrupted');
    const why = timeout.aborted ? `was ended after ${timeoutSeconds} s` : 'ended before the command did';
    throw new Error(`the guest ${why}; its last words:\n${shown}`);
  } finally {
    await rm(control, { recursive: true, force: true });
  }
}
