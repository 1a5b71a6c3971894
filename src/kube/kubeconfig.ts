import { accessSync, constants, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { parseDocument } from 'yaml';
import { AccessError, reasonOf } from './access-error.ts';
import type { Raw } from './field-reader.ts';
import { isRaw } from './field-reader.ts';

/** Who we are to which server; the files it names may change, it does not. */
export interface Identity {
  readonly config: KubeConfig;
  readonly server: string;
  /** File with the bearer token; read by us, since client-node's KubeConfig does not know `users[].user.tokenFile`. */
  readonly tokenFile: string | undefined;
  /** Other files that `config` reads: CA, client certificate and key. */
  readonly files: readonly string[];
}

/**
 * Reads a kubeconfig: the cluster and the user of its current context.
 * @param master overrides the server's URL where it is not empty (kube-proxy's `--master`); the context may then be missing.
 * @throws AccessError naming file and field: what is missing, not YAML, or names something that is not there
 */
export function loadKubeconfig(path: string, master: string): Identity {
  const document = parse(path);
  const fail = (field: string, message: string): never => {
    throw new AccessError(`kubeconfig ${path}: ${field}: ${message}`);
  };
  const entry = (list: string, kind: string, name: string, namedBy: string): Raw => {
    const entries = Array.isArray(document[list]) ? document[list].filter(isRaw) : [];
    const found = entries.find(candidate => candidate['name'] === name);
    const content = found?.[kind] ?? undefined;
    if (!found) fail(list, `there is no ${kind} "${name}", which ${namedBy} names`);
    if (content !== undefined && !isRaw(content)) fail(`${list}[${name}].${kind}`, 'is not a mapping');
    return isRaw(content) ? content : {};
  };

  const contextName = textOf(document['current-context']);
  if (contextName === '' && master === '') fail('current-context', 'is missing or empty');
  const context = contextName === '' ? {} : entry('contexts', 'context', contextName, 'current-context');
  const clusterName = textOf(context['cluster']);
  const userName = textOf(context['user']);
  if (clusterName === '' && master === '') fail(`contexts[${contextName}].context.cluster`, 'is missing or empty');
  const namedBy = `contexts[${contextName}]`;
  const cluster = clusterName === '' ? {} : entry('clusters', 'cluster', clusterName, namedBy);
  // As in client-go, a context without a user is an anonymous one.
  const user = userName === '' ? {} : entry('users', 'user', userName, namedBy);
  const server = master || textOf(cluster['server']);
  if (server === '') fail(`clusters[${clusterName}].cluster.server`, 'is missing or empty');

  const { tokenFile, ...rest } = user;
  const identity = identityOf(server, cluster, rest);
  const folder = dirname(path);
  identity.config.makePathsAbsolute(folder);
  const tokenPath = textOf(tokenFile) === '' ? undefined : resolve(folder, textOf(tokenFile));
  const read = { ...identity, files: filesOf(identity.config), tokenFile: tokenPath };
  for (const file of [...read.files, ...(tokenPath ? [tokenPath] : [])]) mustBeReadable(file, `kubeconfig ${path}`);
  return read;
}

/** Access by a URL alone, without credentials. */
export const identityOfMaster = (master: string): Identity => identityOf(master, {}, {});

/** @throws AccessError naming the file and who asked for it */
export function mustBeReadable(file: string, namedBy: string): void {
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw new AccessError(`${namedBy}: ${file}: ${reasonOf(error)}`, { cause: error });
  }
}

/** The files that a KubeConfig reads for TLS. */
export function filesOf(config: KubeConfig): readonly string[] {
  const user = config.getCurrentUser();
  const named = [config.getCurrentCluster()?.caFile, user?.certFile, user?.keyFile];
  return named.filter(file => typeof file === 'string').filter(file => file !== '');
}

function identityOf(server: string, cluster: Raw, user: Raw): Identity {
  const url = withScheme(server, cluster);
  const config = new KubeConfig();
  // JSON is YAML: client-node reads the one cluster and the one user that count, and judges their fields.
  config.loadFromString(
    JSON.stringify({
      // There is no TLS to verify on plain HTTP, which client-node refuses unless it is told so.
      clusters: [{ name: 'cluster', cluster: { ...cluster, server: url, ...skipVerify(url) } }],
      users: [{ name: 'user', user }],
      contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user' } }],
      'current-context': 'context',
    }),
  );
  return { config, server: url, tokenFile: undefined, files: filesOf(config) };
}

const skipVerify = (url: string): Raw => (url.startsWith('http:') ? { 'insecure-skip-tls-verify': true } : {});

/** client-go's DefaultServerURL: a bare host is HTTPS where TLS is configured, else plain HTTP. */
function withScheme(server: string, cluster: Raw): string {
  if (/^https?:\/\//.test(server)) return server;
  const hasTls = ['certificate-authority', 'certificate-authority-data', 'insecure-skip-tls-verify'].some(
    field => cluster[field],
  );
  return `${hasTls ? 'https' : 'http'}://${server}`;
}

function parse(path: string): Raw {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new AccessError(`kubeconfig ${path}: cannot be read: ${reasonOf(error)}`, { cause: error });
  }
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw new AccessError(`kubeconfig ${path}: not YAML: ${reasonOf(error)}`, { cause: error });
  const content: unknown = document.toJS();
  if (content === null || content === undefined) throw new AccessError(`kubeconfig ${path}: is empty`);
  if (!isRaw(content)) throw new AccessError(`kubeconfig ${path}: is not a mapping`);
  return content;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
