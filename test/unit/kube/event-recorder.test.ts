import pino from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAccess } from '../../../src/kube/auth.ts';
import type { EventRecorder, RecordedEvent } from '../../../src/kube/event-recorder.ts';
import { createEventRecorder } from '../../../src/kube/event-recorder.ts';
import type { Transport } from '../../../src/kube/transport.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { FakeApiServer } from '../../fakes/fake-apiserver.ts';
import { ManualClock } from './manual-clock.ts';

let server: FakeApiServer;
let transport: Transport;
let recorder: EventRecorder;
let logged: string[];

beforeEach(async () => {
  server = await new FakeApiServer().start();
  transport = createTransport({ access: createAccess({ kubeconfig: '', master: server.url }), userAgent: 'x' });
  logged = [];
  const logger = pino({ level: 'debug' }, { write: line => logged.push(line) });
  recorder = createEventRecorder({ transport, logger, nodeName: 'node-a', clock: new ManualClock() });
});

afterEach(async () => {
  transport.close();
  await server.stop();
});

const event: RecordedEvent = {
  regarding: { kind: 'Service', namespace: 'ns', name: 'web', uid: 'uid-1' },
  type: 'Warning',
  reason: 'FailedToStartHealthCheck',
  action: 'Listen',
  note: 'port 31000 is in use',
};

const read = (object: unknown, field: string): unknown => Reflect.get(Object(object), field);

test('creates an event as kube-proxy does', async () => {
  recorder.record(event);
  await vi.waitFor(() => expect(server.requests).toHaveLength(1));
  const [request] = server.requests;
  expect(request?.path).toBe('/apis/events.k8s.io/v1/namespaces/ns/events');
  expect(request?.body).toEqual({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: expect.stringMatching(/^web\.[0-9a-f]{16}$/), namespace: 'ns' },
    eventTime: '2023-11-14T22:13:20.000000Z',
    reportingController: 'kube-proxy',
    reportingInstance: 'node-a',
    regarding: { apiVersion: 'v1', kind: 'Service', namespace: 'ns', name: 'web', uid: 'uid-1' },
    type: 'Warning',
    reason: 'FailedToStartHealthCheck',
    action: 'Listen',
    note: 'port 31000 is in use',
  });
});

test('the API limits are kept, and events of one moment have names of their own', async () => {
  const long = { ...event, regarding: { kind: 'Node', name: 'n'.repeat(253) }, note: 'x'.repeat(5000) };
  recorder.record(long);
  recorder.record(long);
  await vi.waitFor(() => expect(server.requests).toHaveLength(2));
  expect(server.requests[0]?.path).toContain('/namespaces/default/');
  const fields = server.requests.map(({ body }) => ({
    note: read(body, 'note'),
    name: read(read(body, 'metadata'), 'name'),
  }));
  expect(fields.map(({ note }) => String(note).length)).toEqual([1024, 1024]);
  const names = fields.map(({ name }) => String(name));
  expect(names.map(name => name.length)).toEqual([253, 253]);
  expect(new Set(names).size).toBe(2);
});

test('a failure is logged at debug, and the next event is sent all the same', async () => {
  server.fault({ does: 'status', status: { code: 403 } });
  server.fault({ does: 'reset' });
  for (let i = 0; i < 3; i += 1) recorder.record(event);
  await vi.waitFor(() => expect(server.requests).toHaveLength(3));
  expect(logged.map(line => JSON.parse(line))).toMatchObject([
    { level: 20, err: { message: 'API server answered 403' } },
    { level: 20, err: { message: expect.stringMatching(/ECONNRESET|hang up/) } },
  ]);
});

test('no more than a hundred wait', async () => {
  server.fault({ does: 'status', status: { code: 500 } }, { times: 1000 });
  for (let i = 0; i < 150; i += 1) recorder.record(event);
  await vi.waitFor(() => expect(server.requests).toHaveLength(101), { timeout: 5000 });
  expect(logged.filter(line => line.includes('too many are waiting'))).toHaveLength(49);
});
