import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { requestReports, watchReports } from '../../../src/cli/kube-reports.ts';
import { keptLog } from '../../support/log-lines.ts';
import { seriesOf } from '../../support/series.ts';

const NOW_MS = 1_700_000_000_000;

describe('watchReports', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW_MS }));
  afterEach(() => void vi.useRealTimers());

  it('counts and times what reflectors tell', async () => {
    const registry = new Registry();
    const observer = watchReports(registry, keptLog().logger);
    observer.onRelist('services', 'expired');
    observer.onWatchStarted('services');
    vi.setSystemTime(NOW_MS + 5000);
    observer.onEvent('services', 'BOOKMARK');
    observer.onEvent('services', 'MODIFIED');
    observer.onError('services', 'connection');
    expect(await seriesOf(registry, /./)).toEqual({
      'sluice_watch_relists_total{resource="services",reason="expired"}': 1,
      'sluice_watch_events_total{resource="services",type="BOOKMARK"}': 1,
      'sluice_watch_events_total{resource="services",type="MODIFIED"}': 1,
      'sluice_watch_errors_total{resource="services",kind="connection"}': 1,
      'sluice_watch_last_event_timestamp_seconds{resource="services"}': NOW_MS / 1000 + 5,
      'sluice_watch_started_timestamp_seconds{resource="services"}': NOW_MS / 1000,
    });
  });

  it('logs full states, ends of watches at debug, and each problem of an object', () => {
    const log = keptLog();
    const observer = watchReports(new Registry(), log.logger);
    observer.onListed({ resource: 'nodes', via: 'watch-list', objects: 2, changes: 1, durationMs: 12.7 });
    observer.onWatchEnded('nodes', 'ended');
    observer.onProblems('nodes', [
      { object: 'Node a', field: 'spec', message: 'is 7' },
      { object: 'Node b', field: '', message: 'is 8' },
    ]);
    const component = 'kube';
    expect(log.records).toEqual([
      {
        level: 'info',
        component,
        resource: 'nodes',
        via: 'watch-list',
        objects: 2,
        changes: 1,
        ms: 13,
        msg: 'full state received',
      },
      { level: 'debug', component, resource: 'nodes', reason: 'ended', msg: 'watch ended' },
      {
        level: 'warn',
        component,
        object: 'Node a',
        field: 'spec',
        problem: 'is 7',
        msg: 'part of an object cannot be read',
      },
      {
        level: 'warn',
        component,
        object: 'Node b',
        field: '',
        problem: 'is 8',
        msg: 'part of an object cannot be read',
      },
    ]);
  });
});

describe('requestReports', () => {
  const request = {
    method: 'GET',
    verb: 'list',
    code: '200',
    host: 'api:6443',
    durationSeconds: 0.5,
    resource: 'nodes',
  };
  it.each([
    {
      name: 'an answer',
      request,
      series: {
        'rest_client_requests_total{code="200",method="GET",host="api:6443"}': 1,
        'rest_client_request_duration_seconds_sum{verb="GET",host="api:6443"}': 0.5,
        'rest_client_request_duration_seconds_count{verb="GET",host="api:6443"}': 1,
      },
    },
    {
      name: 'a refusal',
      request: { ...request, method: 'POST', verb: 'create', code: '403' },
      series: {
        'rest_client_requests_total{code="403",method="POST",host="api:6443"}': 1,
        'rest_client_request_duration_seconds_sum{verb="POST",host="api:6443"}': 0.5,
        'rest_client_request_duration_seconds_count{verb="POST",host="api:6443"}': 1,
      },
    },
    {
      name: 'a watch, whose length says nothing',
      request: { ...request, verb: 'watch' },
      series: { 'rest_client_requests_total{code="200",method="GET",host="api:6443"}': 1 },
    },
    {
      name: 'no answer at all',
      request: { ...request, verb: 'watch', code: '<error>' },
      series: { 'rest_client_requests_total{code="<error>",method="GET",host="api:6443"}': 1 },
    },
  ])('counts $name', async ({ request, series }) => {
    const registry = new Registry();
    requestReports(registry).onRequest(request);
    expect(await seriesOf(registry, /^rest_client/)).toEqual(series);
  });
});
