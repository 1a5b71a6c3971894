import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Access } from '../../../src/kube/auth.ts';
import { createAccess } from '../../../src/kube/auth.ts';
import type { RequestObserver, Transport, TransportRequest } from '../../../src/kube/transport.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { FakeApiServer } from '../../fakes/fake-apiserver.ts';
import { FAKE_CERTIFICATE, FAKE_KEY, OTHER_CERTIFICATE } from '../../fakes/fake-apiserver-certificate.ts';
import { ManualClock } from './manual-clock.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const LIST: TransportRequest = { method: 'GET', verb: 'list', resource: 'services', path: '/api/v1/services' };

async function textOf(transport: Transport, request: TransportRequest = LIST): Promise<string> {
  const { body } = await transport.request(request);
  let text = '';
  for await (const chunk of body) text += String(chunk);
  return text;
}

describe('over HTTP', () => {
  let server: FakeApiServer;
  let transport: Transport;
  let observed: Parameters<RequestObserver['onRequest']>[0][];

  beforeEach(async () => {
    server = await new FakeApiServer().start();
    observed = [];
    const access = createAccess({ kubeconfig: '', master: server.url });
    transport = createTransport({
      access,
      userAgent: 'sluice/test',
      observer: { onRequest: one => observed.push(one) },
    });
  });

  afterEach(async () => {
    transport.close();
    await server.stop();
  });

  test('asks as it is told to, and gives status, headers and body', async () => {
    const response = await transport.request({ ...LIST, query: { resourceVersion: '0', labelSelector: '!a/b' } });
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toBe('application/json');
    const [request] = server.requests;
    expect(request?.query.get('labelSelector')).toBe('!a/b');
    expect(request?.headers).toMatchObject({ accept: 'application/json', 'user-agent': 'sluice/test' });
    response.body.resume();
  });

  test('keeps one connection for request after request', async () => {
    for (let i = 0; i < 5; i += 1) expect(await textOf(transport)).toContain('ServiceList');
    expect(server.connections).toBe(1);
  });

  test('trusts no connection that waits when another one has broken', async () => {
    const watch = await transport.request({ ...LIST, verb: 'watch', query: { watch: 'true' } });
    await textOf(transport);
    expect(server.connections).toBe(2);
    watch.body.destroy(new Error('nothing came'));
    await vi.waitFor(() => expect(server.connections).toBe(0));
    expect(await textOf(transport)).toContain('ServiceList');
  });

  test('POST sends its body', async () => {
    const path = '/apis/events.k8s.io/v1/namespaces/default/events';
    expect(await textOf(transport, { method: 'POST', verb: 'create', resource: 'events', path, body: '{"ä":1}' })).toBe(
      '{"ä":1}\n',
    );
    expect(server.requests[0]?.headers['content-type']).toBe('application/json');
  });

  test('the path of the server comes before that of the request', async () => {
    const access = createAccess({ kubeconfig: '', master: `${server.url}/k8s/clusters/c-1/` });
    const prefixed = createTransport({ access, userAgent: 'x' });
    await textOf(prefixed);
    prefixed.close();
    expect(server.requests[0]?.path).toBe('/k8s/clusters/c-1/api/v1/services');
  });

  test('tells the observer what came of it', async () => {
    await textOf(transport);
    server.fault({ does: 'status', status: { code: 503 } });
    await textOf(transport);
    server.fault({ does: 'reset' });
    await expect(textOf(transport)).rejects.toThrow(/ECONNRESET|hang up/);
    expect(observed.map(({ code }) => code)).toEqual(['200', '503', '<error>']);
    expect(observed[0]).toMatchObject({
      method: 'GET',
      verb: 'list',
      resource: 'services',
      host: `127.0.0.1:${server.port}`,
    });
    expect(observed.every(({ durationSeconds }) => durationSeconds >= 0 && durationSeconds < 5)).toBe(true);
  });

  test('a server that does not answer is given up', async () => {
    server.fault({ does: 'hang' });
    await expect(transport.request({ ...LIST, headersTimeoutMs: 30 })).rejects.toThrow(
      /no response from .* within \d+ ms/,
    );
    await vi.waitFor(() => expect(server.connections).toBe(0));
  });

  test('no request leaves a timer behind', async () => {
    const clock = new ManualClock();
    const access = createAccess({ kubeconfig: '', master: server.url });
    const timed = createTransport({ access, userAgent: 'x', clock });
    await textOf(timed);
    server.fault({ does: 'reset' });
    await expect(timed.request(LIST)).rejects.toThrow(/ECONNRESET|hang up/);
    await vi.waitFor(() => expect(clock.pending).toBe(0));
    timed.close();
  });

  test('the timeout is for the headers only', async () => {
    const { body } = await transport.request({ ...LIST, query: { watch: 'true' }, headersTimeoutMs: 30 });
    await delay(60);
    const received = new Promise(resolve => body.once('data', resolve));
    server.watches[0]?.bookmark(5);
    expect(String(await received)).toContain('BOOKMARK');
    body.destroy();
  });

  test('credentials that do not come are given up as well', async () => {
    const access: Access = {
      server: new URL(server.url),
      source: 'test',
      renew: () => {},
      credentials: () => new Promise(() => {}),
    };
    const stuck = createTransport({ access, userAgent: 'x' });
    await expect(stuck.request({ ...LIST, headersTimeoutMs: 20 })).rejects.toThrow(/no credentials within 20 ms/);
  });

  test('abort ends a request, and a body that is being read', async () => {
    const control = new AbortController();
    server.fault({ does: 'hang' });
    const waiting = transport.request({ ...LIST, signal: control.signal });
    await vi.waitFor(() => expect(server.requests).toHaveLength(1));
    control.abort();
    await expect(waiting).rejects.toThrow('aborted');

    const another = new AbortController();
    const { body } = await transport.request({ ...LIST, query: { watch: 'true' }, signal: another.signal });
    const reading = (async () => {
      for await (const chunk of body) expect(chunk).toBeDefined();
    })();
    another.abort();
    await expect(reading).rejects.toThrow('aborted');
    await expect(transport.request({ ...LIST, signal: another.signal })).rejects.toThrow(/aborted/);
  });

  test('a reset in the middle of a body that nobody reads ends nothing else', async () => {
    const { body } = await transport.request({ ...LIST, query: { watch: 'true' } });
    server.watches[0]?.reset();
    await new Promise(resolve => body.once('close', resolve));
    expect(await textOf(transport)).toContain('ServiceList');
  });

  test('a server that is not there is an error', async () => {
    await server.stop();
    await expect(transport.request(LIST)).rejects.toThrow(/ECONNREFUSED/);
    await server.start();
  });
});

describe('over HTTPS', () => {
  let server: FakeApiServer;
  let folder: TemporaryFolder;
  let transport: Transport | undefined;

  beforeEach(async () => {
    folder = new TemporaryFolder();
    const tls = {
      cert: FAKE_CERTIFICATE,
      key: FAKE_KEY,
      ca: FAKE_CERTIFICATE,
      requestCert: true,
      rejectUnauthorized: false,
    };
    server = await new FakeApiServer({ tls }).start();
  });

  afterEach(async () => {
    transport?.close();
    await server.stop();
    folder[Symbol.dispose]();
  });

  function connect(user: object, cluster: object): Transport {
    const text = JSON.stringify({
      clusters: [{ name: 'k', cluster: { server: server.url, ...cluster } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
      'current-context': 'c',
    });
    const access = createAccess({ kubeconfig: folder.write('kubeconfig', text), master: '' });
    transport = createTransport({ access, userAgent: 'x' });
    return transport;
  }

  test('trusts the CA it is given, and no other', async () => {
    folder.write('ca.crt', FAKE_CERTIFICATE);
    expect(await textOf(connect({}, { 'certificate-authority': 'ca.crt' }))).toContain('ServiceList');
    expect(server.connections).toBe(1);
    folder.write('ca.crt', OTHER_CERTIFICATE);
    await expect(textOf(connect({}, { 'certificate-authority': 'ca.crt' }))).rejects.toThrow(/self-signed certificate/);
    await expect(textOf(connect({}, {}))).rejects.toThrow(/self-signed certificate/);
  });

  test('takes any certificate where it is told to', async () => {
    expect(await textOf(connect({}, { 'insecure-skip-tls-verify': true }))).toContain('ServiceList');
  });

  test('a CA that is rotated takes effect on the next connection, and idle connections end', async () => {
    folder.write('ca.crt', FAKE_CERTIFICATE);
    const rotating = connect({}, { 'certificate-authority': 'ca.crt' });
    const watch = await rotating.request({ ...LIST, query: { watch: 'true' } });
    expect(await textOf(rotating)).toContain('ServiceList');
    expect(server.connections).toBe(2);
    folder.write('ca.crt', OTHER_CERTIFICATE);
    rotating.renewCredentials();
    await expect(textOf(rotating)).rejects.toThrow(/self-signed certificate/);
    await vi.waitFor(() => expect(server.connections).toBe(1));
    expect(server.watches).toHaveLength(1);
    folder.write('ca.crt', FAKE_CERTIFICATE);
    rotating.renewCredentials();
    expect(await textOf(rotating)).toContain('ServiceList');
    watch.body.destroy();
  });

  test('shows its client certificate', async () => {
    folder.write('client.crt', FAKE_CERTIFICATE);
    folder.write('client.key', FAKE_KEY);
    const cluster = { 'insecure-skip-tls-verify': true };
    await textOf(connect({ 'client-certificate': 'client.crt', 'client-key': 'client.key' }, cluster));
    await textOf(connect({}, cluster));
    expect(server.requests.map(({ peerCertificate }) => peerCertificate)).toEqual(['fake-apiserver', undefined]);
  });
});
