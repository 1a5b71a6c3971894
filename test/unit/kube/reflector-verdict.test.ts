import { describe, expect, test } from 'vitest';
import { StatusError, statusErrorOfEvent } from '../../../src/kube/api-status.ts';
import type { Circumstances, Verdict } from '../../../src/kube/reflector-verdict.ts';
import { InitialStateError, judge, SilenceError } from '../../../src/kube/reflector-verdict.ts';
import { StreamFormatError } from '../../../src/kube/stream-format-error.ts';

const watch: Circumstances = { phase: 'watch', isOptional: false, canDropFieldSelector: true, asksForVersion: true };
const watchList: Circumstances = { ...watch, phase: 'watch-list' };
const list: Circumstances = { ...watch, phase: 'list' };
const coded = (code: number, message = ''): StatusError => new StatusError(code, { message });
const tooLarge = new StatusError(504, { details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } });
const badField = coded(400, 'field label not supported: spec.clusterIP');

const cases: readonly { name: string; error: unknown; when: Circumstances; expected: Partial<Verdict> }[] = [
  {
    name: 'a broken connection: resume',
    error: new Error('ECONNRESET'),
    when: watch,
    expected: { reason: 'connection', next: 'same', delay: 'backoff' },
  },
  {
    name: 'silence on a watch: resume',
    error: new SilenceError(),
    when: watch,
    expected: { reason: 'silence', next: 'same', delay: 'backoff' },
  },
  {
    name: 'silence in an initial state: list this time',
    error: new SilenceError(),
    when: watchList,
    expected: { next: 'same', delay: 'none', avoid: 'watch-list-once' },
  },
  {
    name: 'a watch-list that never ends its initial state: list this time',
    error: new InitialStateError(),
    when: watchList,
    expected: { next: 'relist', delay: 'none', avoid: 'watch-list-once' },
  },
  {
    name: 'broken JSON: relist',
    error: new StreamFormatError('x', new Uint8Array()),
    when: watch,
    expected: { reason: 'broken-stream', next: 'relist', delay: 'backoff' },
  },
  {
    name: 'a bug of ours: relist',
    error: new TypeError('x'),
    when: watch,
    expected: { reason: 'internal', next: 'relist', delay: 'backoff' },
  },
  {
    name: '401: new credentials',
    error: coded(401),
    when: watch,
    expected: { next: 'same', delay: 'backoff', renewsCredentials: true },
  },
  {
    name: '403: patience',
    error: coded(403),
    when: list,
    expected: { reason: 'forbidden', next: 'same', delay: 'backoff' },
  },
  { name: '404 of what must be there', error: coded(404), when: list, expected: { next: 'relist', delay: 'backoff' } },
  {
    name: '404 of what may be absent',
    error: coded(404),
    when: { ...watchList, isOptional: true },
    expected: { next: 'absent' },
  },
  {
    name: '410 of a watch: relist with back-off',
    error: coded(410),
    when: watch,
    expected: { reason: 'expired', next: 'relist', delay: 'backoff' },
  },
  {
    name: '410 of a list: the newest state',
    error: coded(410),
    when: list,
    expected: { next: 'relist', delay: 'backoff', avoid: 'version' },
  },
  {
    name: '429: resume',
    error: coded(429),
    when: watch,
    expected: { reason: 'throttled', next: 'same', delay: 'backoff' },
  },
  {
    name: '500: resume',
    error: coded(500),
    when: watch,
    expected: { reason: 'server-error', next: 'same', delay: 'backoff' },
  },
  {
    name: '503: resume',
    error: coded(503),
    when: watch,
    expected: { reason: 'server-error', next: 'same', delay: 'backoff' },
  },
  {
    name: '504: resume',
    error: coded(504),
    when: watch,
    expected: { reason: 'server-error', next: 'same', delay: 'backoff' },
  },
  {
    name: '504 since the server is behind us: the newest state',
    error: tooLarge,
    when: watch,
    expected: { reason: 'too-large-version', next: 'relist', avoid: 'version' },
  },
  {
    name: '422 of a watch-list: never again',
    error: coded(422),
    when: watchList,
    expected: { reason: 'refused', next: 'relist', delay: 'none', avoid: 'watch-list' },
  },
  {
    name: '400 of a watch-list: never again',
    error: coded(400),
    when: watchList,
    expected: { delay: 'none', avoid: 'watch-list' },
  },
  {
    name: '501 of a watch-list: never again',
    error: coded(501),
    when: watchList,
    expected: { delay: 'none', avoid: 'watch-list' },
  },
  {
    name: '400 that names the field selector',
    error: badField,
    when: watchList,
    expected: { delay: 'none', avoid: 'field-selector' },
  },
  {
    name: '400 of a list with a selector that may go',
    error: coded(400),
    when: list,
    expected: { delay: 'none', avoid: 'field-selector' },
  },
  {
    name: '400 of a list without one',
    error: coded(400),
    when: { ...list, canDropFieldSelector: false },
    expected: { delay: 'none', avoid: 'version' },
  },
  {
    name: '400 of a watch: relist',
    error: coded(400),
    when: watch,
    expected: { reason: 'refused', next: 'relist', delay: 'backoff' },
  },
  {
    name: 'a redirect: relist',
    error: coded(302),
    when: watch,
    expected: { reason: 'refused', next: 'relist', delay: 'backoff' },
  },
  {
    name: 'an ERROR event without a code: relist',
    error: statusErrorOfEvent({ message: 'x' }),
    when: watch,
    expected: { reason: 'refused', next: 'relist', delay: 'backoff' },
  },
  {
    name: 'an ERROR event of 410',
    error: statusErrorOfEvent({ code: 410 }),
    when: watch,
    expected: { reason: 'expired', next: 'relist', delay: 'backoff' },
  },
];

test.each(cases)('$name', ({ error, when, expected }) => {
  expect(judge(error, when)).toMatchObject(expected);
});

test('nothing is left to avoid: back-off, and no loop without a pause', () => {
  const nothing: Circumstances = {
    phase: 'list',
    isOptional: false,
    canDropFieldSelector: false,
    asksForVersion: false,
  };
  expect(judge(coded(400), nothing)).toEqual({ reason: 'refused', next: 'relist', delay: 'backoff' });
});

describe('StatusError', () => {
  const retries: readonly { name: string; header?: string; seconds?: unknown; expectedMs: number }[] = [
    { name: 'a header', header: '7', expectedMs: 7000 },
    { name: 'a field', seconds: 3, expectedMs: 3000 },
    { name: 'the header before the field', header: '7', seconds: 3, expectedMs: 7000 },
    { name: 'nothing', expectedMs: 0 },
    { name: 'a date, which Kubernetes does not send', header: 'Wed, 21 Oct 2026 07:28:00 GMT', expectedMs: 0 },
    { name: 'a day, cut to two minutes', header: '86400', expectedMs: 120_000 },
    { name: 'less than nothing', header: '-5', expectedMs: 0 },
  ];

  test.each(retries)('Retry-After by $name', ({ header, seconds, expectedMs }) => {
    expect(new StatusError(429, { details: { retryAfterSeconds: seconds } }, header).retryAfterMs).toBe(expectedMs);
  });

  test.each([undefined, null, 3, 'x', [], {}, { details: 3 }, { details: { causes: [null, 3] } }])(
    'bears with %j',
    status => {
      expect(new StatusError(500, status)).toMatchObject({ code: 500, message: 'API server answered 500', causes: [] });
    },
  );
});
