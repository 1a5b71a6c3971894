import { readVirtualServers } from '../../kernel/ipvs.ts';
import type { Command } from './diff.ts';
import { encodeLine } from './encode.ts';
import { parseConnections } from './parse-connections.ts';
import type { IpvsContent } from './parse.ts';
import { formatWeight, parseKey, virtualServerOf } from './schema.ts';

/**
 * Real servers that are gone from their Service and keep their TCP connections for a while, with weight 0, and virtual servers that have no
 * others and nobody asks for any more. With a time-out of 0 there are
 * none: the kernel ends the connections of a real server that is deleted, so that clients find out at once.
 */
export class Drain {
  readonly #timeoutMs: number;
  /** When each is given up, of `performance.now()`, by key. */
  readonly #deadlines = new Map<string, number>();

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.#deadlines.size;
  }

  holds(key: string): boolean {
    return this.#deadlines.has(key);
  }

  /** What is not there any more need not be waited for. */
  forgetAllBut(content: IpvsContent): void {
    for (const key of this.#deadlines.keys()) {
      const isThere = content.get(isRealServer(key) ? 'real-servers' : 'virtual-servers')?.has(key) ?? false;
      if (!isThere) this.#deadlines.delete(key);
    }
  }

  /** The commands, with no more than a weight of 0 in place of a removal that can wait. Of a virtual server its real servers get that. */
  softened(commands: readonly Command[]): readonly Command[] {
    if (!this.#timeoutMs) return commands;
    const deadline = performance.now() + this.#timeoutMs;
    return commands.flatMap(command => {
      const { verb, entry, unit } = command;
      if (verb !== 'd' && verb !== 'D') {
        this.#deadlines.delete(entry.key);
        return command;
      }
      if (parseKey(entry.key).l4 !== 'tcp') return command;
      const leaving =
        verb === 'd'
          ? [entry]
          : unit.deletes.filter(one => one.container === 'real-servers' && virtualServerOf(one) === entry.key);
      if (verb === 'D') {
        if (!leaving.length && !this.#realServersOf(entry.key).length) return command;
        this.#deadlines.set(entry.key, deadline);
      }
      return leaving.map(({ key }): Command => {
        this.#deadlines.set(key, deadline);
        return { verb: 'e', entry: { container: 'real-servers', key, value: formatWeight(0) }, unit };
      });
    });
  }

  #realServersOf(virtualServer: string): string[] {
    return [...this.#deadlines.keys()].filter(key => isRealServer(key) && virtualServerOf({ key }) === virtualServer);
  }

  /** The lines that delete those that have no connection any more, or whose time is up. They are forgotten here. @throws Error */
  async finished(): Promise<string[]> {
    if (!this.#deadlines.size) return [];
    const now = performance.now();
    const { realServers } = parseConnections((await readVirtualServers()) ?? '');
    const isDone = (key: string): boolean => (this.#deadlines.get(key) ?? 0) <= now || !realServers.get(key);
    const keys = [...this.#deadlines.keys()];
    const done = keys.filter(key => isRealServer(key) && isDone(key));
    for (const key of done) this.#deadlines.delete(key);
    // A virtual server goes after the last of its real servers.
    const empty = keys.filter(key => !isRealServer(key) && !this.#realServersOf(key).length);
    for (const key of empty) this.#deadlines.delete(key);
    return [
      ...done.map(key => encodeLine('d', { container: 'real-servers', key, value: '' })),
      ...empty.map(key => encodeLine('D', { container: 'virtual-servers', key, value: '' })),
    ];
  }
}

const isRealServer = (key: string): boolean => virtualServerOf({ key }) !== key;
