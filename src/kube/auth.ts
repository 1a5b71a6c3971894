import { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';
import { readFileSync, statSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { AccessError } from './access-error.ts';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import type { Identity } from './kubeconfig.ts';
import { filesOf, identityOfMaster, loadKubeconfig, mustBeReadable } from './kubeconfig.ts';

/** How often, at most, the files of the credentials are looked at. */
const CHECK_INTERVAL_MS = 5_000;

export type TlsOptions = Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  /** The same object for as long as its content is the same. */
  readonly tls: TlsOptions;
  /** Set where a kubeconfig names a `proxy-url`. */
  readonly proxyAgent: Agent | undefined;
}

export interface Access {
  /** URL of the API server; its path, if any, comes before that of each request. */
  readonly server: URL;
  /** Where the access comes from, for the log. */
  readonly source: string;
  /**
   * What is valid now: files that were rotated are read anew, an exec plugin is asked again when its answer expires.
   * Rejects where there is nothing to work with; what was read before outlives a file that is unreadable for a moment.
   */
  credentials(): Promise<Credentials>;
  /** The server does not take the credentials (401): the next ones are made from scratch. */
  renew(): void;
}

export interface AccessOptions {
  /** Path of a kubeconfig; empty for none. */
  readonly kubeconfig: string;
  /** Overrides the URL of the API server; empty for none. */
  readonly master: string;
  readonly clock?: Clock;
  /** For tests: the folder in which `/var/run/secrets` of the service account is looked for. */
  readonly root?: string;
}

/**
 * Finds out how to reach the API server, as kube-proxy does: by a kubeconfig, by `--master` (which also overrides the
 * kubeconfig's server), else by the service account of the pod.
 * @throws AccessError naming the file and the field that is missing or wrong
 */
export function createAccess(options: AccessOptions): Access {
  const { kubeconfig, master, clock = systemClock } = options;
  if (kubeconfig !== '') {
    return new RotatingAccess(loadKubeconfig(kubeconfig, master), `kubeconfig ${kubeconfig}`, clock);
  }
  if (master !== '') return new RotatingAccess(identityOfMaster(master), 'master', clock);
  return new RotatingAccess(inClusterIdentity(options), 'service account', clock);
}

function inClusterIdentity({ root = '' }: AccessOptions): Identity {
  const { env } = process;
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '';
  if (host === '' || port === '') {
    throw new AccessError(
      'no kubeconfig and not in a cluster: KUBERNETES_SERVICE_HOST or KUBERNETES_SERVICE_PORT is not set',
    );
  }
  const config = new KubeConfig();
  config.loadFromCluster(root);
  // client-node keeps the token for a minute whatever happens to it, does not trim it, and takes port 8080 for plain HTTP.
  const tokenFile = String(config.getCurrentUser()?.authProvider?.config?.tokenFile);
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  config.users = config.users.map(({ name }) => ({ name }));
  config.clusters = config.clusters.map(cluster => ({ ...cluster, server }));
  const files = filesOf(config);
  for (const file of [tokenFile, ...files]) mustBeReadable(file, 'service account');
  return { config, server, tokenFile, files };
}

class RotatingAccess implements Access {
  readonly server: URL;
  readonly source: string;
  readonly #identity: Identity;
  readonly #clock: Clock;
  readonly #usesPlugin: boolean;
  #config: KubeConfig;
  #current: Credentials | undefined;
  #pending: Promise<Credentials> | undefined;
  #seen = '';
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor(identity: Identity, source: string, clock: Clock) {
    try {
      this.server = new URL(identity.server);
    } catch (error) {
      throw new AccessError(`${source}: server "${identity.server}" is not a URL`, { cause: error });
    }
    this.source = source;
    this.#identity = identity;
    this.#config = identity.config;
    this.#clock = clock;
    const user = identity.config.getCurrentUser();
    this.#usesPlugin = Boolean(user?.exec ?? user?.authProvider);
  }

  renew(): void {
    this.#checkedAt = Number.NEGATIVE_INFINITY;
    this.#seen = '';
    // A new KubeConfig has new authenticators, which have kept nothing.
    const { clusters, users, contexts, currentContext } = this.#identity.config;
    this.#config = new KubeConfig();
    this.#config.loadFromOptions({ clusters, users, contexts, currentContext });
  }

  credentials(): Promise<Credentials> {
    if (this.#current && !this.#usesPlugin && this.#clock.now() - this.#checkedAt < CHECK_INTERVAL_MS) {
      return Promise.resolve(this.#current);
    }
    this.#pending ??= this.#refresh().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #refresh(): Promise<Credentials> {
    this.#checkedAt = this.#clock.now();
    const { tokenFile, files } = this.#identity;
    const seen = [...files, ...(tokenFile ? [tokenFile] : [])].map(fingerprint).join(' ');
    if (this.#current && !this.#usesPlugin && seen === this.#seen) return this.#current;
    try {
      this.#current = await this.#read();
      this.#seen = seen;
    } catch (error) {
      if (!this.#current) throw error;
      // A rotation in progress: what we have may still be good, and if not, the server says 401.
    }
    return this.#current;
  }

  async #read(): Promise<Credentials> {
    const options: RequestOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    const headers = headersOf(options);
    const { tokenFile } = this.#identity;
    if (tokenFile) headers['Authorization'] = `Bearer ${readFileSync(tokenFile, 'utf8').trim()}`;
    const { ca, cert, key, servername, rejectUnauthorized } = options;
    const given = Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(
      ([, value]) => value !== undefined,
    );
    const tls: TlsOptions = Object.fromEntries(given);
    const isSame = this.#current && isDeepStrictEqual(tls, this.#current.tls);
    const proxyAgent =
      this.#config.getCurrentCluster()?.proxyUrl && options.agent instanceof Agent ? options.agent : undefined;
    return { headers, tls: isSame && this.#current ? this.#current.tls : tls, proxyAgent };
  }
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) result[name] = String(value);
  if (auth) result['Authorization'] = `Basic ${Buffer.from(auth).toString('base64')}`;
  return result;
}

/** Changes when the file does; Kubernetes replaces mounted secrets by switching a symbolic link, hence the inode. */
function fingerprint(file: string): string {
  try {
    const { mtimeMs, ino, size } = statSync(file);
    return `${mtimeMs}/${ino}/${size}`;
  } catch {
    return 'missing';
  }
}
