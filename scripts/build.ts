// Builds dist/sluice.mjs, the whole program in one file, dist/sluice, which runs it with the right Node, and the compile
// cache that it starts from.

import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { isBuiltin } from 'node:module';
import { build as bundle, type Plugin } from 'esbuild';

const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };

/** The commit and its date, where the build is made from a checkout. */
function commit(): { readonly hash: string; readonly date: string } {
  try {
    const [hash = '', date = ''] = execFileSync('git', ['log', '-1', '--format=%H %cI'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trim()
      .split(' ');
    return { hash, date };
  } catch {
    return { hash: process.env['SLUICE_COMMIT'] ?? '', date: '' };
  }
}

/**
 * Of client-node only its KubeConfig is used. Its modules do nothing when they are loaded, which its package.json does not say; told so,
 * esbuild leaves the thousand models of the API out.
 */
const withoutModels: Plugin = {
  name: 'client-node-without-models',
  setup: build => {
    build.onResolve({ filter: /./ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === 'resolving' || !importer.includes('@kubernetes/client-node')) return undefined;
      const resolved = await build.resolve(path, { importer, resolveDir, kind, pluginData: 'resolving' });
      return { ...resolved, sideEffects: false };
    });
  },
};

/**
 * Node evaluates every export of a built-in module that an ES module imports; one of node:http's is a WebSocket, and with it comes all of
 * undici: 8 MB and 50 ms. Asked for by name, a built-in module gives what is used and no more.
 */
const builtinsByName: Plugin = {
  name: 'builtins-by-name',
  setup: build => {
    build.onResolve({ filter: /^[a-z]/ }, ({ path }) => {
      if (!isBuiltin(path)) return undefined;
      return { path, namespace: 'builtin', sideEffects: false };
    });
    build.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => {
      return { contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});` };
    });
  },
};

const { hash, date } = commit();
await mkdir('dist', { recursive: true });
const { warnings, metafile } = await bundle({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/sluice.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  minify: true,
  metafile: true,
  legalComments: 'none',
  plugins: [withoutModels, builtinsByName],
  alias: { undici: './scripts/no-undici.ts' },
  define: {
    __SLUICE_VERSION__: JSON.stringify(version),
    __SLUICE_COMMIT__: JSON.stringify(hash),
    __SLUICE_BUILD_DATE__: JSON.stringify(date),
  },
  logLevel: 'warning',
});
/** The folders of the npm packages of which there is code in the bundle, for scripts/sbom.ts. */
const folders = Object.values(metafile.outputs)
  .flatMap(({ inputs }) => Object.entries(inputs))
  .flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput ? (/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []) : [],
  );
await writeFile('dist/bundled-packages.json', JSON.stringify([...new Set(folders)].toSorted(), undefined, 2));
if (warnings.length) throw new Error(`${warnings.length} warnings`);
await writeFile('dist/sluice', await readFile('scripts/launcher.sh'));
await chmod('dist/sluice', 0o755);
await rm('dist/compile-cache', { recursive: true, force: true });
// Its first run leaves what it has compiled there.
execFileSync('dist/sluice', ['--version'], { stdio: 'ignore' });
