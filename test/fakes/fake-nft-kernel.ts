// The nftables of one network namespace: what the kernel keeps, and which transactions it takes. It knows what src/backend/nftables
// writes, and no packets. test/kernel/fake-nft.test.ts holds it against the real one.

import type { FakeCommand, FakeHook } from './fake-nft-commands.ts';
import { declarationOf, FakeContainer, MISSING, Refused } from './fake-nft-container.ts';
import { ruleExpression } from './fake-nft-expressions.ts';

export interface FakeChain {
  readonly hook: FakeHook | undefined;
  readonly rules: readonly string[];
}

/** One table, as it was at one moment. */
export interface FakeTable {
  readonly chains: ReadonlyMap<string, FakeChain>;
  readonly containers: ReadonlyMap<string, FakeContainer>;
}

interface Draft {
  readonly chains: Map<string, FakeChain>;
  readonly containers: Map<string, FakeContainer>;
  /** Those of the containers that are this draft's own. */
  readonly copied: Set<string>;
}

const NO_MEMORY = 'Cannot allocate memory';
const BUSY = 'Device or resource busy';

export class FakeKernel {
  #tables: ReadonlyMap<string, FakeTable> = new Map();
  /** No element with one of these in it is taken, and no chain of this name, as if memory for it lacked. */
  readonly refuses = new Set<string>();
  /** Told of each transaction that was taken. */
  readonly observers = new Set<(before: FakeKernel['tables'], after: FakeKernel['tables']) => void>();

  /** By family and name: `ip kube-proxy`. What is in it does not change any more. */
  get tables(): ReadonlyMap<string, FakeTable> {
    return this.#tables;
  }

  /** Applies all of it or nothing. @throws Refused */
  apply(commands: readonly FakeCommand[], { check = false } = {}): void {
    const drafts = new Map([...this.#tables].map(([name, table]) => [name, draftOf(table)]));
    for (const command of commands) this.#execute(drafts, command);
    if (check) return;
    const before = this.#tables;
    this.#tables = drafts;
    for (const observer of this.observers) observer(before, drafts);
  }

  #execute(drafts: Map<string, Draft>, command: FakeCommand): void {
    if (command.does === 'flush-ruleset') {
      drafts.clear();
      return;
    }
    if (command.does === 'add-table') {
      const draft = drafts.get(command.table) ?? { chains: new Map(), containers: new Map(), copied: new Set() };
      drafts.set(command.table, draft);
      return;
    }
    const table = drafts.get(command.table);
    if (!table) throw new Refused(MISSING);
    switch (command.does) {
      case 'delete-table':
        drafts.delete(command.table);
        return;
      case 'flush-table':
        for (const [name, chain] of table.chains) table.chains.set(name, { ...chain, rules: [] });
        return;
      case 'add-elements':
      case 'delete-elements':
        this.#changeElements(table, command);
        return;
      default:
        if (command.does === 'add-chain' && this.refuses.has(command.name)) throw new Refused(NO_MEMORY);
        changeFrame(table, command);
    }
  }

  #changeElements(
    table: Draft,
    { does, name, elements }: Extract<FakeCommand, { does: 'add-elements' | 'delete-elements' }>,
  ): void {
    const container = writable(table, name);
    if (!elements.length) throw new Refused('Invalid set.');
    for (const element of elements) {
      const [key, value] = element;
      if (does === 'delete-elements') {
        container.delete(key);
        continue;
      }
      const target = targetOf(value);
      if (target !== undefined) checkTarget(table, target);
      if (this.refuses.size && [...key.split(' . '), ...value.split(' . ')].some(part => this.refuses.has(part)))
        throw new Refused(NO_MEMORY);
      container.add(element);
    }
  }
}

const draftOf = ({ chains, containers }: FakeTable): Draft => ({
  chains: new Map(chains),
  containers: new Map(containers),
  copied: new Set(),
});

function writable(table: Draft, name: string): FakeContainer {
  const container = table.containers.get(name);
  if (!container) throw new Refused(MISSING);
  if (table.copied.has(name)) return container;
  const copy = container.clone();
  table.containers.set(name, copy);
  table.copied.add(name);
  return copy;
}

const targetOf = (verdict: string): string | undefined => /^(?:goto|jump) (\S+)$/.exec(verdict)?.[1];

function checkTarget(table: Draft, name: string): void {
  const chain = table.chains.get(name);
  if (!chain) throw new Refused(MISSING);
  if (chain.hook) throw new Refused('Operation not supported');
}

type FrameCommand = Extract<
  FakeCommand,
  { does: 'add-container' | 'delete-container' | 'add-chain' | 'flush-chain' | 'delete-chain' | 'add-rule' }
>;

function changeFrame(table: Draft, command: FrameCommand): void {
  switch (command.does) {
    case 'add-container':
      addContainer(table, command);
      return;
    case 'delete-container':
      if (!table.containers.has(command.name)) throw new Refused(MISSING);
      if (rulesOf(table).some(rule => wordsOf(rule).includes(`@${command.name}`))) throw new Refused(BUSY);
      table.containers.delete(command.name);
      return;
    case 'add-chain':
      addChain(table, command);
      return;
    case 'add-rule':
      table.chains.set(command.chain, withRule(table, command));
      return;
    case 'flush-chain':
    case 'delete-chain': {
      const chain = chainOf(table, command.name);
      if (command.does === 'flush-chain') table.chains.set(command.name, { ...chain, rules: [] });
      else if (isTarget(table, command.name)) throw new Refused(BUSY);
      else table.chains.delete(command.name);
    }
  }
}

function chainOf(table: Draft, name: string): FakeChain {
  const chain = table.chains.get(name);
  if (!chain) throw new Refused(MISSING);
  return chain;
}

function addContainer(table: Draft, { kind, name, body }: Extract<FakeCommand, { does: 'add-container' }>): void {
  const known = table.containers.get(name)?.declaration;
  if (!known) table.containers.set(name, new FakeContainer(declarationOf(kind, body)));
  else if (known.kind !== kind || known.body !== body) throw new Refused('File exists');
}

function addChain(table: Draft, { name, hook }: Extract<FakeCommand, { does: 'add-chain' }>): void {
  const known = table.chains.get(name);
  if (!known) table.chains.set(name, { hook, rules: [] });
  else if (hook && JSON.stringify(known.hook) !== JSON.stringify(hook))
    throw new Refused(known.hook && known.hook.type !== hook.type ? 'File exists' : 'Operation not supported');
}

function withRule(table: Draft, { chain: name, text }: Extract<FakeCommand, { does: 'add-rule' }>): FakeChain {
  const chain = chainOf(table, name);
  ruleExpression(text);
  for (const [, container = ''] of text.matchAll(/@(\S+)/g))
    if (!table.containers.has(container)) throw new Refused(MISSING);
  for (const [, target = ''] of text.matchAll(/\b(?:goto|jump) (\S+)/g)) checkTarget(table, target);
  return { ...chain, rules: [...chain.rules, text] };
}

const rulesOf = ({ chains }: Draft): string[] => [...chains.values()].flatMap(({ rules }) => rules);
const wordsOf = (rule: string): string[] => rule.split(' ');

/** Whether a rule or an element leads to a chain. */
function isTarget(table: Draft, name: string): boolean {
  const leadsThere = (word: string, i: number, words: readonly string[]): boolean =>
    word === name && ['goto', 'jump'].includes(words[i - 1] ?? '');
  if (rulesOf(table).some(rule => wordsOf(rule).some(leadsThere))) return true;
  return [...table.containers.values()].some(
    ({ declaration: { value }, elements }) =>
      value === 'verdict' && [...elements.values()].some(verdict => targetOf(verdict) === name),
  );
}
