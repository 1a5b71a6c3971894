import { describe, expect, test } from 'vitest';
import { AccessError } from '../../../src/kube/access-error.ts';
import { createAccess } from '../../../src/kube/auth.ts';
import { TemporaryFolder } from './temporary-folder.ts';

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
  readonly current?: unknown;
}

const kubeconfig = ({ cluster, user, context, current = 'c' }: Parts = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'other', cluster: {} },
      { name: 'k', cluster: cluster ?? { server: 'https://192.0.2.1:6443' } },
    ],
    users: [{ name: 'u', user: user ?? {} }],
    contexts: [{ name: 'c', context: context ?? { cluster: 'k', user: 'u' } }],
    'current-context': current,
  });

const serverOf = (text: string, master = ''): string => {
  using folder = new TemporaryFolder();
  return createAccess({ kubeconfig: folder.write('kubeconfig', text), master }).server.href;
};

describe('a kubeconfig that is of no use is refused by file and field', () => {
  const cases: readonly { name: string; text: string; message: RegExp }[] = [
    { name: 'not YAML', text: 'this: [is not', message: /not YAML: / },
    { name: 'empty', text: '', message: /is empty$/ },
    { name: 'only comments', text: '# nothing\n', message: /is empty$/ },
    { name: 'a text', text: 'just text', message: /is not a mapping$/ },
    { name: 'an empty mapping', text: '{}', message: /current-context: is missing or empty$/ },
    {
      name: 'no current context',
      text: kubeconfig({ current: null }),
      message: /current-context: is missing or empty$/,
    },
    {
      name: 'an empty current context',
      text: kubeconfig({ current: '' }),
      message: /current-context: is missing or empty$/,
    },
    {
      name: 'a context that is not there',
      text: kubeconfig({ current: 'nowhere' }),
      message: /contexts: there is no context "nowhere", which current-context names$/,
    },
    {
      name: 'a cluster that is not there',
      text: kubeconfig({ context: { cluster: 'nowhere', user: 'u' } }),
      message: /clusters: there is no cluster "nowhere", which contexts\[c\] names$/,
    },
    {
      name: 'a user that is not there',
      text: kubeconfig({ context: { cluster: 'k', user: 'nobody' } }),
      message: /users: there is no user "nobody", which contexts\[c\] names$/,
    },
    {
      name: 'a context without a cluster',
      text: kubeconfig({ context: { user: 'u' } }),
      message: /contexts\[c\]\.context\.cluster: is missing or empty$/,
    },
    {
      name: 'a cluster without a server',
      text: kubeconfig({ cluster: {} }),
      message: /clusters\[k\]\.cluster\.server: is missing or empty$/,
    },
    {
      name: 'a server that is no URL',
      text: kubeconfig({ cluster: { server: 'https://:x' } }),
      message: /server "https:\/\/:x" is not a URL$/,
    },
    {
      name: 'a CA file that is not there',
      text: kubeconfig({ cluster: { server: 'https://x', 'certificate-authority': 'ca.crt' } }),
      message: /ca\.crt: no such file or directory$/,
    },
    {
      name: 'a token file that is not there',
      text: kubeconfig({ user: { tokenFile: 'token' } }),
      message: /token: no such file or directory$/,
    },
    { name: 'a list for a user', text: kubeconfig({ user: [] }), message: /users\[u\]\.user: is not a mapping$/ },
  ];

  test.each(cases)('$name', ({ text, message }) => {
    using folder = new TemporaryFolder();
    const path = folder.write('kubeconfig', text);
    const create = (): unknown => createAccess({ kubeconfig: path, master: '' });
    expect(create).toThrow(AccessError);
    expect(create).toThrow(message);
    expect(create).toThrow(`kubeconfig ${path}: `);
  });

  test('not there', () => {
    expect(() => createAccess({ kubeconfig: '/nonexistent/kubeconfig', master: '' })).toThrow(
      'kubeconfig /nonexistent/kubeconfig: cannot be read: no such file or directory',
    );
  });
});

describe('the server', () => {
  test('is that of the current context', () => {
    expect(serverOf(kubeconfig())).toBe('https://192.0.2.1:6443/');
  });

  test('may be plain HTTP, whether told to skip TLS verification or not', () => {
    expect(serverOf(kubeconfig({ cluster: { server: 'http://192.0.2.1:8080' } }))).toBe('http://192.0.2.1:8080/');
  });

  const masters: readonly { name: string; parts: Parts; master: string; expected: string }[] = [
    {
      name: 'overrides that of the kubeconfig',
      parts: {},
      master: 'https://192.0.2.9:443',
      expected: 'https://192.0.2.9/',
    },
    {
      name: 'stands in for one that is missing',
      parts: { cluster: {} },
      master: 'http://192.0.2.9:8080',
      expected: 'http://192.0.2.9:8080/',
    },
    {
      name: 'stands in for the whole context',
      parts: { current: '' },
      master: '192.0.2.9:8080',
      expected: 'http://192.0.2.9:8080/',
    },
    {
      name: 'is HTTPS without a scheme where TLS is configured',
      parts: { cluster: { 'insecure-skip-tls-verify': true } },
      master: '192.0.2.9:6443',
      expected: 'https://192.0.2.9:6443/',
    },
  ];

  test.each(masters)('of --master $name', ({ parts, master, expected }) => {
    expect(serverOf(kubeconfig(parts), master)).toBe(expected);
  });

  test('--master alone is enough', async () => {
    const access = createAccess({ kubeconfig: '', master: '127.0.0.1:8080' });
    expect(access.server.href).toBe('http://127.0.0.1:8080/');
    expect((await access.credentials()).headers).toEqual({});
  });
});
