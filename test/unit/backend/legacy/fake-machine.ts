import type { LegacyTools } from '../../../../src/backend/legacy/tools.ts';
import { CommandError } from '../../../../src/kernel/command.ts';
import { restoreInto, tablesOf } from './restore-rules.ts';

/** A program that failed, or is not there. */
export function commandError({ isMissing = false, stderr = 'it failed' } = {}): CommandError {
  const cause = { code: isMissing ? 'ENOENT' : undefined, stderr, exitCode: 1, originalMessage: '', shortMessage: '' };
  return new CommandError('program', cause as unknown as ConstructorParameters<typeof CommandError>[1]);
}

/** `TCP 10.96.0.1:80` as the kernel lists it. */
const listed = (server: string): string => {
  const [protocol, address = '', port] = /^(\w+) (.*):(\d+)$/.exec(server)!.slice(1);
  const hex = (text: string, length: number): string => Number(text).toString(16).toUpperCase().padStart(length, '0');
  const bytes = address.split('.').map(byte => hex(byte, 2));
  return `${protocol}  ${bytes.join('')}:${hex(port ?? '', 4)} rr \n`;
};

const OPTIONS = { '-t': 'TCP', '-u': 'UDP', '--sctp-service': 'SCTP' };

/** A machine in memory: what another mode of kube-proxy has left there, and what is done to it, in order. */
export class FakeMachine {
  /** By `ipv4-nft`; a variant that is not in here has no programs. */
  readonly rules = new Map([
    ['ipv4-nft', ''],
    ['ipv4-legacy', ''],
  ]);
  /** The sets with their entries; undefined where there is no ipset program. */
  sets: Map<string, string[]> | undefined = new Map();
  /** `TCP 10.96.0.1:80`; undefined where the kernel has no IPVS. */
  servers: Set<string> | undefined = undefined;
  readonly links = new Map([['lo', ['127.0.0.1', '::1']]]);
  readonly done: string[] = [];
  /** Called before each step; may throw what that step throws. */
  onStep: (step: string) => void = () => undefined;

  #step(step: string): void {
    this.onStep(step);
    this.done.push(step);
  }

  readonly tools: LegacyTools = {
    saveRules: async (family, variant) => {
      this.onStep(`save ${family}${variant}`);
      return this.rules.get(`${family}${variant}`);
    },
    restoreRules: async (family, variant, text) => {
      const name = text.split('\n', 1)[0]!.slice(1);
      this.#step(`restore ${family}${variant} ${name}`);
      const tables = tablesOf(this.rules.get(`${family}${variant}`)!).map(table =>
        table.name === name ? restoreInto(table, text) : table,
      );
      const saved = tables.map(({ name, chains, builtInChains, rules }) => [
        `*${name}`,
        ...[...chains].map(chain => `:${chain} ${builtInChains.has(chain) ? 'ACCEPT' : '-'} [0:0]`),
        ...rules.map(({ chain, text }) => `-A ${chain} ${text}`),
        'COMMIT\n',
      ]);
      this.rules.set(`${family}${variant}`, saved.map(lines => lines.join('\n')).join(''));
    },
    listSets: async () => {
      this.onStep('list sets');
      return this.sets && [...this.sets.keys()];
    },
    saveSet: async name =>
      this.sets!.get(name)!
        .map(entry => `add ${name} ${entry}\n`)
        .join(''),
    destroySet: async name => {
      this.#step(`destroy ${name}`);
      const users = [...this.rules.values()].filter(saved => saved.includes(`--match-set ${name} `));
      if (users.length) throw commandError({ stderr: 'Set cannot be destroyed: it is in use by a kernel component' });
      this.sets!.delete(name);
    },
    readVirtualServers: async () => this.servers && [...this.servers].map(listed).join(''),
    changeVirtualServers: async lines => {
      this.#step('ipvsadm');
      for (const line of lines.trimEnd().split('\n')) {
        const [, option, server] = /^-D (\S+) (\S+)$/.exec(line)!;
        this.servers!.delete(`${OPTIONS[option as keyof typeof OPTIONS]} ${server}`);
      }
    },
    listLinks: async () => {
      this.onStep('list links');
      return [...this.links].map(([name, addresses]) => ({ name, addresses }));
    },
    deleteLink: async name => {
      this.#step(`delete ${name}`);
      this.links.delete(name);
    },
  };
}
