// What the API server double says of itself.

import { RESOURCES, VERBS } from './resources.ts';
import type { Resource } from './resources.ts';

export const VERSION = {
  major: '1',
  minor: '34',
  gitVersion: 'v1.34.0',
  gitCommit: '0'.repeat(40),
  gitTreeState: 'clean',
  buildDate: '2025-08-27T10:11:31Z',
  goVersion: 'go1.24.6',
  compiler: 'gc',
  platform: 'linux/amd64',
};

const GROUPS: ReadonlyMap<string, Resource> = new Map(RESOURCES.filter(r => r.group).map(r => [r.group, r]));

function groupDocument({ group, version }: Resource): object {
  const preferred = { groupVersion: `${group}/${version}`, version };
  return { name: group, versions: [preferred], preferredVersion: preferred };
}

const resourceDocuments = ({ plural, kind, namespaced, status }: Resource): object[] => [
  { name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs: VERBS },
  ...(status
    ? [{ name: `${plural}/status`, singularName: '', namespaced, kind, verbs: ['get', 'patch', 'update'] }]
    : []),
];

/** The discovery document at a path, or undefined where there is none. */
export function discovery(path: string): object | undefined {
  if (path === '/api') {
    const addresses = [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1:6443' }];
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: addresses };
  }
  if (path === '/apis') {
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: [...GROUPS.values()].map(groupDocument) };
  }
  const group = GROUPS.get(path.replace(/^\/apis\//, ''));
  if (group) return { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(group) };
  const resources = RESOURCES.filter(r => path === (r.group ? `/apis/${r.apiVersion}` : `/api/${r.version}`));
  const [first] = resources;
  if (!first) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: first.apiVersion,
    resources: resources.flatMap(resourceDocuments),
  };
}
