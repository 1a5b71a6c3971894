import { readVirtualServers } from '../../kernel/ipvs.ts';
import type { Command } from './diff.ts';
import { encodeLine } from './encode.ts';
import { parseConnections } from './parse-connections.ts';
import type { IpvsContent } from './parse.ts';
import { formatWeight, parseKey } from './schema.ts';

/**
 * Real servers that are gone from their Service and keep their TCP connections for a while, with weight 0. With a time-out of 0 there are
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
    const servers = content.get('real-servers');
    for (const key of this.#deadlines.keys()) if (!servers?.has(key)) this.#deadlines.delete(key);
  }

  /** The commands, with no more than a weight of 0 in place of a removal that can wait. */
  softened(commands: readonly Command[]): readonly Command[] {
    if (!this.#timeoutMs) return commands;
    const now = performance.now();
    return commands.map(command => {
      const { verb, entry } = command;
      if (verb === 'a' || verb === 'e') this.#deadlines.delete(entry.key);
      if (verb !== 'd' || parseKey(entry.key).l4 !== 'tcp') return command;
      this.#deadlines.set(entry.key, now + this.#timeoutMs);
      return { ...command, verb: 'e', entry: { ...entry, value: formatWeight(0) } };
    });
  }

  /** The lines that delete those that have no connection any more, or whose time is up. They are forgotten here. @throws Error */
  async finished(): Promise<string[]> {
    if (!this.#deadlines.size) return [];
    const now = performance.now();
    const { realServers } = parseConnections((await readVirtualServers()) ?? '');
    const done = [...this.#deadlines].filter(([key, deadline]) => deadline <= now || !realServers.get(key));
    for (const [key] of done) this.#deadlines.delete(key);
    return done.map(([key, deadline]) => encodeLine('d', { container: 'real-servers', key, value: String(deadline) }));
  }
}
