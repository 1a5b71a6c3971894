import { rmSync, statSync, utimesSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Access } from '../../../src/kube/auth.ts';
import { createAccess } from '../../../src/kube/auth.ts';
import { FAKE_CERTIFICATE, FAKE_KEY, OTHER_CERTIFICATE } from '../../fakes/fake-apiserver-certificate.ts';
import { ManualClock } from './manual-clock.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const SERVICE_ACCOUNT = 'var/run/secrets/kubernetes.io/serviceaccount';
const TOKEN = `${SERVICE_ACCOUNT}/token`;
const CA = `${SERVICE_ACCOUNT}/ca.crt`;
const ENV = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const authorizationOf = async (access: Access): Promise<string | undefined> =>
  (await access.credentials()).headers['Authorization'];

function withUser(folder: TemporaryFolder, user: object, cluster: object = {}, clock = new ManualClock()): Access {
  const text = JSON.stringify({
    clusters: [{ name: 'k', cluster: { server: 'https://127.0.0.1:6443', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    'current-context': 'c',
  });
  return createAccess({ kubeconfig: folder.write('kubeconfig', text), master: '', clock });
}

describe('in a cluster', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  function inCluster(
    folder: TemporaryFolder,
    env: Readonly<Record<string, string>> = ENV,
  ): { access: Access; clock: ManualClock } {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    folder.write(TOKEN, 'token-1\n');
    folder.write(CA, FAKE_CERTIFICATE);
    const clock = new ManualClock();
    return { clock, access: createAccess({ kubeconfig: '', master: '', root: folder.path, clock }) };
  }

  test('the service account gives server, token and CA', async () => {
    using folder = new TemporaryFolder();
    const { access } = inCluster(folder);
    expect(access.server.href).toBe('https://10.96.0.1/');
    const { headers, tls, proxyAgent } = await access.credentials();
    expect(headers).toEqual({ Authorization: 'Bearer token-1' });
    expect(String(tls.ca)).toBe(FAKE_CERTIFICATE);
    expect(tls.rejectUnauthorized).not.toBe(false);
    expect(proxyAgent).toBeUndefined();
  });

  test.each([
    { host: 'fd00:10:96::1', port: '6443', expected: 'https://[fd00:10:96::1]:6443/' },
    { host: '10.96.0.1', port: '8080', expected: 'https://10.96.0.1:8080/' },
  ])('the server at $host port $port is $expected', async ({ host, port, expected }) => {
    using folder = new TemporaryFolder();
    const { access } = inCluster(folder, { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port });
    expect(access.server.href).toBe(expected);
    expect(await authorizationOf(access)).toBe('Bearer token-1');
  });

  test.each([{}, { KUBERNETES_SERVICE_HOST: '10.96.0.1' }])('not in a cluster: %j', env => {
    for (const name of Object.keys(ENV)) vi.stubEnv(name, Reflect.get(env, name));
    expect(() => createAccess({ kubeconfig: '', master: '' })).toThrow(/not in a cluster: KUBERNETES_SERVICE_HOST/);
  });

  test.each([TOKEN, CA])('without %s there is no access', missing => {
    using folder = new TemporaryFolder();
    inCluster(folder);
    rmSync(folder.file(missing));
    const create = (): unknown => createAccess({ kubeconfig: '', master: '', root: folder.path });
    expect(create).toThrow(`${folder.file(missing)}: no such file or directory`);
  });

  test('a rotated token is used within seconds, and the TLS options stay the same', async () => {
    using folder = new TemporaryFolder();
    const { access, clock } = inCluster(folder);
    const { tls } = await access.credentials();
    folder.write(TOKEN, 'token-2');
    clock.advance(4_999);
    expect(await authorizationOf(access)).toBe('Bearer token-1');
    clock.advance(1);
    expect(await authorizationOf(access)).toBe('Bearer token-2');
    expect((await access.credentials()).tls).toBe(tls);
  });

  test('a rotated CA is used within seconds', async () => {
    using folder = new TemporaryFolder();
    const { access, clock } = inCluster(folder);
    const { tls } = await access.credentials();
    folder.write(CA, OTHER_CERTIFICATE);
    clock.advance(5_000);
    const next = await access.credentials();
    expect(next.tls).not.toBe(tls);
    expect(String(next.tls.ca)).toBe(OTHER_CERTIFICATE);
  });

  test('after a 401 the files are read at once', async () => {
    using folder = new TemporaryFolder();
    const { access } = inCluster(folder);
    await access.credentials();
    folder.write(TOKEN, 'token-2');
    access.renew();
    expect(await authorizationOf(access)).toBe('Bearer token-2');
  });

  test('after a 401 even a file that looks unchanged is read', async () => {
    using folder = new TemporaryFolder();
    const { access } = inCluster(folder);
    await access.credentials();
    const { atime, mtime } = statSync(folder.file(TOKEN));
    folder.write(TOKEN, 'token-2\n');
    utimesSync(folder.file(TOKEN), atime, mtime);
    access.renew();
    expect(await authorizationOf(access)).toBe('Bearer token-2');
  });

  test('files that are missing in the middle of a rotation do not cost the access', async () => {
    using folder = new TemporaryFolder();
    const { access, clock } = inCluster(folder);
    await access.credentials();
    rmSync(folder.file(TOKEN));
    clock.advance(5_000);
    expect(await authorizationOf(access)).toBe('Bearer token-1');
    folder.write(TOKEN, 'token-2');
    clock.advance(5_000);
    expect(await authorizationOf(access)).toBe('Bearer token-2');
  });
});

describe('by a kubeconfig', () => {
  test('token', async () => {
    using folder = new TemporaryFolder();
    expect(await authorizationOf(withUser(folder, { token: 'abc' }))).toBe('Bearer abc');
  });

  test('user name and password', async () => {
    using folder = new TemporaryFolder();
    const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`;
    expect(await authorizationOf(withUser(folder, { username: 'me', password: 'secret' }))).toBe(basic);
  });

  test('tokenFile, beside the kubeconfig, and read again when it changes', async () => {
    using folder = new TemporaryFolder();
    folder.write('token', 'token-1\n');
    const clock = new ManualClock();
    const access = withUser(folder, { tokenFile: 'token', token: 'older' }, {}, clock);
    expect(await authorizationOf(access)).toBe('Bearer token-1');
    folder.write('token', 'token-2\n');
    clock.advance(5_000);
    expect(await authorizationOf(access)).toBe('Bearer token-2');
  });

  test('client certificate and CA, by file and by data', async () => {
    using folder = new TemporaryFolder();
    folder.write('client.crt', FAKE_CERTIFICATE);
    folder.write('client.key', FAKE_KEY);
    const files = { 'client-certificate': 'client.crt', 'client-key': 'client.key' };
    const data = { 'client-certificate-data': base64(FAKE_CERTIFICATE), 'client-key-data': base64(FAKE_KEY) };
    for (const user of [files, data]) {
      const cluster = { 'certificate-authority-data': base64(OTHER_CERTIFICATE), 'tls-server-name': 'apiserver' };
      const { tls } = await withUser(folder, user, cluster).credentials();
      expect([tls.cert, tls.key, tls.ca].map(String)).toEqual([FAKE_CERTIFICATE, FAKE_KEY, OTHER_CERTIFICATE]);
      expect(tls.servername).toBe('apiserver');
    }
  });

  test('insecure-skip-tls-verify', async () => {
    using folder = new TemporaryFolder();
    const { tls } = await withUser(folder, {}, { 'insecure-skip-tls-verify': true }).credentials();
    expect(tls.rejectUnauthorized).toBe(false);
  });

  test('a proxy-url has an agent of its own', async () => {
    using folder = new TemporaryFolder();
    const { proxyAgent } = await withUser(folder, {}, { 'proxy-url': 'http://192.0.2.7:3128' }).credentials();
    expect(proxyAgent).toBeDefined();
  });

  test('exec plugin: asked once while its answer holds, and again after a 401', async () => {
    using folder = new TemporaryFolder();
    const calls = folder.file('calls');
    const answer = `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"exec-'$n'"}}`;
    const script = `echo x >> '${calls}'; n=$(wc -l < '${calls}' | tr -d ' '); echo '${answer}'`;
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: '/bin/sh', args: ['-c', script] };
    const access = withUser(folder, { exec });
    expect(await authorizationOf(access)).toBe('Bearer exec-1');
    expect(await authorizationOf(access)).toBe('Bearer exec-1');
    access.renew();
    expect(await authorizationOf(access)).toBe('Bearer exec-2');
  });

  test('exec plugin that fails: an error, and another try at the next request', async () => {
    using folder = new TemporaryFolder();
    const flag = folder.file('works');
    const script = `test -e '${flag}' || { echo broken >&2; exit 1; }; echo '{"status":{"token":"now"}}'`;
    const access = withUser(folder, { exec: { command: '/bin/sh', args: ['-c', script] } });
    await expect(access.credentials()).rejects.toThrow(/broken/);
    folder.write('works', '');
    expect(await authorizationOf(access)).toBe('Bearer now');
  });
});
