import { existsSync, globSync, readFileSync } from 'node:fs';
import * as api from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { FLAGS } from '../../src/cli/flags.ts';
import { defaultDraft } from '../../src/config/decode.ts';
import { CONFIGURATION_FLAGS } from '../../src/config/flags.ts';
import { toV1alpha1 } from '../../src/config/format.ts';
import { resolveConfiguration } from '../../src/config/resolve.ts';
import { fileSchema } from '../../src/config/schema.ts';
import { formatIpvs, formatOwnIpvs } from '../../src/config/sections/ipvs.ts';
import { formatSluice } from '../../src/config/sections/sluice.ts';

// docs/compatibility.md says what becomes of each field, flag and metric, and what proves it: page and code must agree.

const page = readFileSync('docs/compatibility.md', 'utf8');

type Row = Readonly<Record<string, string>>;

const cellsOf = (line: string): string[] =>
  line
    .replace(/^\||\|\s*$/g, '')
    .split('|')
    .map(cell => cell.trim());

/** The rows of all tables, by the heading that they stand under. */
function tablesOf(text: string): ReadonlyMap<string, readonly Row[]> {
  const found = new Map<string, Row[]>();
  let heading = '';
  let columns: string[] | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) heading = line.replace(/^#+ /, '');
    if (!line.startsWith('|')) columns = undefined;
    else if (!columns) columns = cellsOf(line);
    else if (!/^[|\s-]+$/.test(line)) {
      const cells = cellsOf(line);
      if (cells.length !== columns.length) throw new Error(`a row with ${cells.length} cells: ${line}`);
      const row = Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
      found.set(heading, [...(found.get(heading) ?? []), row]);
    }
  }
  return found;
}

const tables = tablesOf(page);
const rowsOf = (heading: string): readonly Row[] => tables.get(heading) ?? [];
const quoted = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(match => match[1] ?? '');
const column = (heading: string, name: string): string[] => rowsOf(heading).flatMap(row => quoted(row[name]));
const sorted = (names: Iterable<string>): string[] => [...names].toSorted();

describe('the proofs of docs/compatibility.md', () => {
  const rows = [...tables].flatMap(([heading, all]) => all.map(row => [heading, Object.values(row)[0], row] as const));

  it.each(rows)('%s: %s', (_heading, _name, row) => {
    const proofs = quoted(row['proof']);
    expect(proofs, 'a row without a proof').not.toEqual([]);
    const paths = proofs.map(id => (id.startsWith('test/') ? id : `test/conformance/scenarios/${id}.ts`));
    expect(paths.filter(path => !existsSync(path))).toEqual([]);
  });

  it('are there as well where they stand in the text', () => {
    const topics =
      'affinity|clusterip|config|conntrack|endpoints|external|family|faults|health|labels|lifecycle|masquerade';
    const ids = quoted(page).filter(text =>
      new RegExp(`^(?:${topics}|nodeport|policy|services|topology|udp)/[a-z0-9-]+$`).test(text),
    );
    expect(ids.length).toBeGreaterThan(300);
    expect(ids.filter(id => !existsSync(`test/conformance/scenarios/${id}.ts`))).toEqual([]);
    const files = quoted(page).filter(text => /^(?:src|test)\/[\w./-]+\.ts$/.test(text));
    expect(files.filter(file => !existsSync(file))).toEqual([]);
  });
});

interface SchemaNode {
  readonly def: { readonly type: string; readonly in?: SchemaNode; readonly innerType?: SchemaNode };
  readonly shape?: Readonly<Record<string, SchemaNode>>;
}

/** The paths of all fields that a configuration file may have: leaves, lists and records as one. */
function fieldsOf(node: SchemaNode, path = ''): string[] {
  const inner = node.def.type === 'pipe' ? node.def.in : node.def.innerType;
  if (inner) return fieldsOf(inner, path);
  if (!node.shape) return [path];
  return Object.entries(node.shape).flatMap(([name, field]) => fieldsOf(field, path ? `${path}.${name}` : name));
}

describe('the configuration', () => {
  it('has the fields of the page', () => {
    expect(sorted(column('Fields', 'field'))).toEqual(sorted(fieldsOf(fileSchema as unknown as SchemaNode)));
  });

  const { configuration } = resolveConfiguration(new Map(), undefined);
  const shown = {
    ...toV1alpha1(configuration),
    ipvs: { ...formatIpvs(configuration.ipvs), ...formatOwnIpvs(configuration.ipvs) },
    sluice: formatSluice(configuration.sluice),
  };
  const at = (root: unknown, path: string): unknown =>
    path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], root);
  const printed = (value: unknown): string =>
    typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
  const defaults = rowsOf('Fields').flatMap(row => quoted(row['field']).map(field => [field, row['default']] as const));

  it.each(defaults)('%s has the default of the page', (field, told) => {
    // What is left out when empty is as the file would have it.
    expect(quoted(told)).toEqual([printed(at(shown, field) ?? at(defaultDraft(), field) ?? null)]);
  });

  it('has the flags of the page', () => {
    expect(sorted(column('Flags', 'flag'))).toEqual(sorted(FLAGS.map(({ name }) => `--${name}`)));
  });

  const fields = rowsOf('Flags').flatMap(row => quoted(row['flag']).map(flag => [flag, quoted(row['field'])] as const));
  it.each(fields)('%s lands where the page says', (flag, told) => {
    const definition = CONFIGURATION_FLAGS.find(({ name }) => `--${name}` === flag);
    expect(told).toEqual(definition?.fields ?? []);
  });
});

const OBJECTS = ['Service', 'EndpointSlice', 'Node', 'ServiceCIDR'] as const;

describe('the objects', () => {
  const interfaces = new Map(
    [...readFileSync('src/kube/types.ts', 'utf8').matchAll(/^export interface (\w+) \{\n(.*?)^\}/gms)].map(
      ([, name = '', body = '']) => [name, [...body.matchAll(/^ {2}readonly (\w+): (.*);/gm)]] as const,
    ),
  );
  /** The fields of an interface, those of the interfaces in it included: `ports.name`. */
  const readAs = (name: string): string[] =>
    (interfaces.get(name) ?? []).flatMap(([, field = '', type = '']) => {
      const item = /^readonly (\w+)\[\]$/.exec(type)?.[1] ?? type;
      return interfaces.has(item) ? readAs(item).map(inner => `${field}.${inner}`) : [field];
    });

  it.each(OBJECTS)('%s: what is read of it is on the page', kind => {
    expect(readAs(kind).length).toBeGreaterThan(1);
    expect(sorted(new Set(column(kind, 'read as')))).toEqual(sorted(readAs(kind)));
  });

  interface Model {
    getAttributeTypeMap(): readonly { readonly baseName: string; readonly type: string }[];
  }
  const models: Readonly<Record<string, unknown>> = api;
  const isModel = (value: unknown): value is Model => typeof value === 'function' && 'getAttributeTypeMap' in value;
  /** The paths of all fields of a model of the API, to the last ones; an empty path for what is no model. */
  const pathsIn = (name: string): string[] => {
    const model = models[name];
    if (!isModel(model)) return [''];
    return model.getAttributeTypeMap().flatMap(({ baseName, type }) => {
      const item = /^Array<(.*)>$/.exec(type)?.[1] ?? type;
      return pathsIn(item).map(inner => (inner ? `${baseName}.${inner}` : baseName));
    });
  };
  /** Without what all objects have; the fields of their metadata that count stand on the page. */
  const apiFields = (kind: string): string[] =>
    pathsIn(`V1${kind}`).filter(path => !/^(?:apiVersion$|kind$|metadata\.)/.test(path));

  it.each(OBJECTS)('%s: each field of the API is on the page, by itself or with what it is part of', kind => {
    const fields = apiFields(kind);
    const told = column(kind, 'field').filter(field => !field.startsWith('metadata.'));
    const covers = (path: string, field: string): boolean => field === path || field.startsWith(`${path}.`);
    expect(fields.length).toBeGreaterThan(1);
    expect(fields.filter(field => !told.some(path => covers(path, field)))).toEqual([]);
    expect(told.filter(path => !fields.some(field => covers(path, field)))).toEqual([]);
  });
});

describe('the metrics', () => {
  it('are those of the page', () => {
    const exposition = readFileSync('test/unit/telemetry/metrics/exposition.txt', 'utf8');
    const names = [...exposition.matchAll(/^(\w+) (?:counter|gauge|histogram) /gm)].map(match => match[1] ?? '');
    expect(names.length).toBeGreaterThan(20);
    expect(sorted(column('Metrics', 'metric'))).toEqual(sorted(names));
  });
});

describe('the edge cases', () => {
  const cases = rowsOf('Edge cases').map(row => row['case'] ?? '');

  it('are all on the page', () => {
    expect(cases).toEqual(Array.from({ length: 55 }, (_, i) => `E-${i + 1}`));
  });

  it('that scenarios cite are on the page, which names these scenarios', () => {
    const scenarios = globSync('test/conformance/scenarios/*/*.ts');
    const cited = scenarios.flatMap(path => {
      const id = path.replace(/^.*scenarios\/|\.ts$/g, '');
      return [...readFileSync(path, 'utf8').matchAll(/\bE-\d+/g)].map(([number]) => ({ number, id }));
    });
    const proofsOf = (number: string) => quoted(rowsOf('Edge cases').find(row => row['case'] === number)?.['proof']);
    expect(cited.length).toBeGreaterThan(10);
    expect(cited.filter(({ number, id }) => !proofsOf(number).includes(id))).toEqual([]);
  });
});
