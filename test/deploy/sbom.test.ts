import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PROJECT } from './tools.ts';

const inProject = { cwd: PROJECT };
/** As scripts/image-packages prints them. */
const PACKAGES = 'libstdc++6 14.2.0-19 amd64\nnftables 1:1.1.3-1 amd64\n';

const license = z.union([
  z.strictObject({ license: z.strictObject({ id: z.string().regex(/^[\w.+-]+$/) }) }),
  z.strictObject({ expression: z.string() }),
]);
const component = z.strictObject({
  'bom-ref': z.string(),
  type: z.enum(['application', 'library', 'platform']),
  name: z.string().min(1),
  version: z.string().min(1),
  description: z.string().optional(),
  purl: z.string().regex(/^pkg:(npm|deb\/debian|generic)\/[^\s@]+@[^\s@]+$/),
  licenses: z.array(license).optional(),
  hashes: z
    .array(z.strictObject({ alg: z.literal('SHA-512'), content: z.string().regex(/^[0-9a-f]{128}$/) }))
    .optional(),
});
/** The part of CycloneDX 1.5 that is used. */
const documentSchema = z.strictObject({
  $schema: z.string(),
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.5'),
  serialNumber: z.string().regex(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
  version: z.literal(1),
  metadata: z.strictObject({ component }),
  components: z.array(component),
  dependencies: z.array(z.strictObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});
type Bom = z.infer<typeof documentSchema>;

const write = async (packages: string): Promise<Bom> => {
  const { stdout } = await execa(join(PROJECT, 'scripts/node'), ['scripts/sbom.ts'], { ...inProject, input: packages });
  return documentSchema.parse(JSON.parse(stdout));
};

let bom: Bom;
beforeAll(async () => void (bom = await write(PACKAGES)));

const named = (kind: string): readonly string[] =>
  bom.components.filter(({ purl }) => purl.startsWith(`pkg:${kind}/`)).map(({ name, version }) => `${name} ${version}`);

describe('the list of what is shipped', () => {
  test('is the same when it is written twice, and has references that are there, each once', async () => {
    expect(await write(PACKAGES)).toEqual(bom);
    const refs = bom.components.map(one => one['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    expect(bom.dependencies).toEqual([{ ref: bom.metadata.component['bom-ref'], dependsOn: refs }]);
  });

  test('has the npm packages of the bundle as npm knows them, with a license, and none that only tests use', async () => {
    const { stdout } = await execa('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], inProject);
    const { components } = z
      .object({ components: z.array(z.object({ name: z.string(), version: z.string() })) })
      .parse(JSON.parse(stdout));
    const known = new Set(components.map(({ name, version }) => `${name} ${version}`));
    expect(named('npm').filter(one => !known.has(one))).toEqual([]);
    expect(named('npm').map(one => one.split(' ')[0])).toEqual(
      expect.arrayContaining([
        '@kubernetes/client-node',
        'commander',
        'execa',
        'fastify',
        'ipaddr.js',
        'pino',
        'prom-client',
        'yaml',
        'zod',
      ]),
    );
    const lock = z.object({ packages: z.record(z.string(), z.looseObject({ dev: z.boolean().optional() })) });
    const { packages } = lock.parse(JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8')));
    const folders = bom.components.flatMap(one => one['bom-ref'].split('?in=bundle#')[1] ?? []);
    expect(folders.length).toBe(named('npm').length);
    expect(folders.filter(folder => packages[folder]?.dev)).toEqual([]);
    const npm = bom.components.filter(({ purl }) => purl.startsWith('pkg:npm/'));
    expect(npm.filter(({ licenses, hashes }) => !licenses?.length || !hashes?.length)).toEqual([]);
  });

  test('has the Node.js of the image, and its Debian packages', () => {
    expect(readFileSync(join(PROJECT, 'Dockerfile'), 'utf8')).toContain(
      `ARG NODE_VERSION=${named('generic')[0]?.split(' ')[1]}\n`,
    );
    expect(named('deb')).toEqual(['libstdc++6 14.2.0-19', 'nftables 1:1.1.3-1']);
    const purls = bom.components.map(({ purl }) => purl);
    expect(purls).toContain('pkg:deb/debian/libstdc%2B%2B6@14.2.0-19?arch=amd64');
    expect(purls).toContain('pkg:deb/debian/nftables@1%3A1.1.3-1?arch=amd64');
  });

  test('is not written without the Debian packages', async () => {
    await expect(write('')).rejects.toThrow('no Debian packages on standard input');
  });
});

test('scripts/image-packages tells all packages that the Dockerfile names, and what they need', async () => {
  const { stdout } = await execa(join(PROJECT, 'scripts/image-packages'), inProject);
  const lines = stdout.split('\n');
  expect(lines.filter(line => !/^[a-z0-9][a-z0-9+.-]+ \S+ (amd64|arm64|all)$/.test(line))).toEqual([]);
  const names = lines.map(line => line.split(' ')[0]);
  const [, installed = ''] = /apt-get install ([^&]+)&&/.exec(readFileSync(join(PROJECT, 'Dockerfile'), 'utf8')) ?? [];
  const asked = installed.split(/[\s\\]+/).filter(word => word && !word.startsWith('-'));
  expect(asked.length).toBeGreaterThan(5);
  expect(names).toEqual(expect.arrayContaining([...asked, 'apt', 'base-files', 'libc6', 'libnftables1']));
});
