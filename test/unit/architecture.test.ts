import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  circles,
  importsOf,
  impurities,
  isTooLong,
  isVague,
  wrongImports,
  type Zone,
} from '../support/source-rules.ts';

const PINO = /^pino$/;
const KUBE_TYPES = /^src\/kube\/types\.ts$/;
const IP = /^src\/model\/ip\.ts$/;
const MODEL = /^src\/model\//;
const PLAN = /^src\/plan\//;
const KERNEL = /^src\/kernel\//;
const SHARED_BACKEND = /^src\/backend\/[a-z-]+\.ts$/;

/** The files of a backend, or of what goes with it, that read and write the kernel, or wait; all others are pure. */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  ipvs: ['apply', 'drain', 'kernel-difference', 'probe', 'retire', 'route-keeper', 'virtual-server-store'],
  nftables: [
    'apply',
    'comparison',
    'element-writer',
    'in-steps',
    'kernel-difference',
    'narrowed-repair',
    'pin-cleaner',
    'probe',
    'table-keeper',
    'read-table',
    'table-reader',
    'take-over',
    'traffic-counters',
  ],
  conntrack: ['apply'],
  legacy: ['apply', 'leftover-report', 'remove-ipvs', 'remove-rules', 'tools'],
};

/** IPVS has its front ends in nft, and so builds on that backend. */
const BUILDS_ON: Readonly<Record<string, readonly string[]>> = { ipvs: ['nftables'] };

const pureFiles = (folder: string): RegExp =>
  new RegExp(`^src/backend/${folder}/(?!(?:${EDGES[folder]?.join('|')})\\.ts$)[a-z-]+\\.ts$`);

/** Two zones for each folder of the backend. They may not import each other, but for what lies in `src/backend` itself. */
const BACKENDS = Object.entries(EDGES).flatMap(([folder, files]): Zone[] => {
  const base = BUILDS_ON[folder] ?? [];
  const own = new RegExp(`^src/backend/(?:${[folder, ...base].join('|')})/`);
  return [
    {
      name: `${folder}, edge`,
      files: new RegExp(`^src/backend/${folder}/(?:${files.join('|')})\\.ts$`),
      may: [own, SHARED_BACKEND, KERNEL, IP, /^node:timers\/promises$/],
      mayTypes: [MODEL, PLAN, PINO],
    },
    {
      name: `${folder}, pure`,
      files: pureFiles(folder),
      may: [MODEL, ...base.map(pureFiles)],
      // Of edges, too: where a type lies is no matter of purity.
      mayTypes: [PLAN, own, SHARED_BACKEND],
      isPure: true,
    },
  ];
});

/** Who may import whom; the first zone that a file is in counts. */
const ZONES: readonly Zone[] = [
  {
    name: 'model',
    files: MODEL,
    may: [/^ipaddr\.js$/, /^node:net$/],
    mayTypes: [KUBE_TYPES],
    isPure: true,
  },
  { name: 'plan', files: PLAN, may: [MODEL], mayTypes: [KUBE_TYPES], isPure: true },
  ...BACKENDS,
  { name: 'backend, edge', files: /^src\/backend\/cleaner\.ts$/, may: [SHARED_BACKEND], mayTypes: [IP, PLAN, PINO] },
  { name: 'backend, pure', files: SHARED_BACKEND, may: [], mayTypes: [IP, PLAN], isPure: true },
  { name: 'kernel', files: KERNEL, may: [/^execa$/, /^node:/] },
  {
    name: 'kube',
    files: /^src\/kube\//,
    may: [/^@kubernetes\/client-node(?:\/|$)/, /^node:/, /^yaml$/],
    mayTypes: [PINO],
  },
  { name: 'config, load', files: /^src\/config\/load\.ts$/, may: [/^src\/config\//, /^node:fs\/promises$/] },
  {
    name: 'config',
    files: /^src\/config\/(?!load\.ts$)/,
    may: [IP, /^src\/model\/scheduler-flags\.ts$/, /^zod$/, /^yaml$/],
  },
  {
    name: 'explain',
    files: /^src\/explain\//,
    may: [MODEL, PLAN, pureFiles('nftables'), pureFiles('ipvs')],
    mayTypes: [KUBE_TYPES],
    isPure: true,
  },
  {
    name: 'reconcile',
    files: /^src\/reconcile\//,
    may: [MODEL, PLAN, /^node:timers\/promises$/],
    mayTypes: [/^src\/backend\/backend\.ts$/, KUBE_TYPES, PINO],
  },
  {
    name: 'server',
    files: /^src\/server\//,
    may: [/^node:/, /^fastify$/, /^prom-client$/, /^src\/telemetry\//, IP],
    mayTypes: [/^src\/(?:reconcile|config)\//, PINO],
  },
  {
    name: 'telemetry',
    files: /^src\/telemetry\//,
    may: [PINO, /^prom-client$/, /^node:perf_hooks$/, IP],
    mayTypes: [/^src\/backend\/(?:traffic|server-statistics)\.ts$/],
  },
  {
    name: 'cli',
    files: /^src\/(?:cli\/|main\.ts$)/,
    may: [/^src\//, /^node:/, /^commander$/, /^prom-client$/, /^yaml$/],
    mayTypes: [PINO],
  },
];

const ROOT = join(import.meta.dirname, '../..');
const SOURCES: ReadonlyMap<string, string> = new Map(
  readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => [`src/${name}`, readFileSync(join(ROOT, 'src', name), 'utf8')]),
);
const all = [...SOURCES];

describe('the sources', () => {
  it('are found', () => {
    expect(all.length).toBeGreaterThan(100);
    expect(SOURCES.has('src/cli/main.ts')).toBe(true);
  });

  it('import only what their folder may', () => {
    expect(all.flatMap(([file, text]) => wrongImports(file, text, ZONES))).toEqual([]);
  });

  it('have no circles of imports, not of types either', () => {
    const imports = new Map(all.map(([file, text]) => [file, importsOf(file, text).map(({ target }) => target)]));
    expect(circles(imports)).toEqual([]);
  });

  it('are pure where they have to be', () => {
    const pure = all.filter(([file]) => ZONES.find(({ files }) => files.test(file))?.isPure);
    expect(pure.length).toBeGreaterThan(25);
    expect(pure.flatMap(([file, text]) => impurities(text).map(word => `${file}: ${word}`))).toEqual([]);
  });

  it('are short, and named after what is in them', () => {
    expect(all.filter(([, text]) => isTooLong(text)).map(([file]) => file)).toEqual([]);
    expect([...SOURCES.keys()].filter(isVague)).toEqual([]);
  });

  it('have the edges that the table names', () => {
    const named = Object.entries(EDGES).flatMap(([folder, files]) =>
      files.map(file => `src/backend/${folder}/${file}.ts`),
    );
    expect(named.filter(file => !SOURCES.has(file))).toEqual([]);
  });
});

describe('wrongImports', () => {
  const cases: readonly { readonly file: string; readonly text: string; readonly wrong: readonly string[] }[] = [
    { file: 'src/model/a.ts', text: "import { isIPv4 } from 'node:net';", wrong: [] },
    { file: 'src/model/a.ts', text: "import { readFile } from 'node:fs';", wrong: ['node:fs'] },
    { file: 'src/model/a.ts', text: "import type { Service } from '../kube/types.ts';", wrong: [] },
    { file: 'src/model/a.ts', text: "import { KIND } from '../kube/types.ts';", wrong: ['src/kube/types.ts'] },
    { file: 'src/model/a.ts', text: "import type { Logger } from 'pino';", wrong: ['types of pino'] },
    {
      file: 'src/plan/a.ts',
      text: "import {\n  x,\n  y,\n} from '../backend/backend.ts';",
      wrong: ['src/backend/backend.ts'],
    },
    { file: 'src/plan/a.ts', text: "export * from '../kernel/nft.ts';", wrong: ['src/kernel/nft.ts'] },
    {
      file: 'src/plan/a.ts',
      text: "export type { A } from '../kernel/nft.ts';",
      wrong: ['types of src/kernel/nft.ts'],
    },
    { file: 'src/plan/a.ts', text: "import 'zod';", wrong: ['zod'] },
    { file: 'src/plan/a.ts', text: "const x = import('../kernel/nft.ts');", wrong: ['src/kernel/nft.ts'] },
    {
      file: 'src/backend/nftables/diff.ts',
      text: "import { Nft } from '../../kernel/nft.ts';",
      wrong: ['src/kernel/nft.ts'],
    },
    {
      file: 'src/backend/nftables/diff.ts',
      text: "import { A } from './apply.ts';",
      wrong: ['src/backend/nftables/apply.ts'],
    },
    { file: 'src/backend/nftables/diff.ts', text: "import type { A } from './apply.ts';", wrong: [] },
    { file: 'src/backend/nftables/diff.ts', text: "import { A } from './ledger.ts';", wrong: [] },
    { file: 'src/backend/nftables/apply.ts', text: "import { Nft } from '../../kernel/nft.ts';", wrong: [] },
    {
      file: 'src/backend/nftables/apply.ts',
      text: "import { x } from '../legacy/apply.ts';",
      wrong: ['src/backend/legacy/apply.ts'],
    },
    {
      file: 'src/backend/suspects.ts',
      text: "import { x } from './nftables/apply.ts';",
      wrong: ['src/backend/nftables/apply.ts'],
    },
    {
      file: 'src/kernel/a.ts',
      text: "import type { Family } from '../model/ip.ts';",
      wrong: ['types of src/model/ip.ts'],
    },
    { file: 'src/kube/a.ts', text: "import { x } from '../model/ip.ts';", wrong: ['src/model/ip.ts'] },
    { file: 'src/config/a.ts', text: "import { readFile } from 'node:fs/promises';", wrong: ['node:fs/promises'] },
    { file: 'src/config/load.ts', text: "import { readFile } from 'node:fs/promises';", wrong: [] },
    {
      file: 'src/reconcile/a.ts',
      text: "import { x } from '../backend/nftables/apply.ts';",
      wrong: ['src/backend/nftables/apply.ts'],
    },
    { file: 'src/server/a.ts', text: "import { x } from '../kernel/nft.ts';", wrong: ['src/kernel/nft.ts'] },
    {
      file: 'src/telemetry/a.ts',
      text: "import { x } from '../server/http-server.ts';",
      wrong: ['src/server/http-server.ts'],
    },
    { file: 'src/explain/a.ts', text: "import { Ledger } from '../backend/nftables/ledger.ts';", wrong: [] },
    {
      file: 'src/explain/a.ts',
      text: "import { x } from '../backend/nftables/apply.ts';",
      wrong: ['src/backend/nftables/apply.ts'],
    },
    { file: 'src/explain/a.ts', text: "import { x } from '../kernel/nft.ts';", wrong: ['src/kernel/nft.ts'] },
    { file: 'src/cli/a.ts', text: "import { fastify } from 'fastify';", wrong: ['fastify'] },
  ];
  it.each(cases)('$file: $text', ({ file, text, wrong }) => {
    expect(wrongImports(file, text, ZONES).map(line => line.replace(/^.* must not import /, ''))).toEqual(wrong);
  });

  it('says where, and knows every file', () => {
    expect(wrongImports('src/plan/a.ts', "import 'zod';", ZONES)).toEqual(['src/plan/a.ts (plan) must not import zod']);
    expect(wrongImports('src/new/a.ts', '', ZONES)).toEqual(['src/new/a.ts is in no part of the tree that is known']);
  });

  it('does not take text for an import', () => {
    expect(
      importsOf('src/plan/a.ts', "// import 'zod';\nconst x = `\n  import 'zod';`;\n * import x from 'y'\n"),
    ).toEqual([]);
  });
});
