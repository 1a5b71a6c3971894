import { describe, expect, it } from 'vitest';
import { createFastifyApp } from '../../../src/server/fastify-app.ts';
import { addZPages, type ZPagesOptions } from '../../../src/server/zpages.ts';

const START_MS = Date.UTC(2026, 10, 8, 0, 38, 41, 500);
const NOTE =
  'Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.';

function setUp(more: Partial<ZPagesOptions> = {}) {
  const app = createFastifyApp();
  addZPages(app, {
    flags: new Map([
      ['bind-address', '0.0.0.0'],
      ['config', ''],
    ]),
    status: {
      startMs: START_MS,
      now: () => START_MS + 7_384_900,
      version: '1.36',
      runtime: 'none',
      paths: ['/a', '/b'],
    },
    ...more,
  });
  const get = async (url: string, accept?: string) =>
    app.inject({ url, ...(accept !== undefined && { headers: { accept } }) });
  return get;
}

describe('addZPages', () => {
  it.each([undefined, '', '*/*', 'text/plain', 'text/html, text/*;q=0.5'])(
    'shows text where %j is asked for',
    async accept => {
      const get = setUp();
      const [flags, status] = [await get('/flagz', accept), await get('/statusz', accept)];
      expect([flags.statusCode, flags.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
      expect(flags.body).toBe(`\nkube-proxy flagz\n${NOTE}\nbind-address 0.0.0.0\nconfig \n`);
      expect(status.body).toBe(
        `\nkube-proxy statusz\n${NOTE}\n\nStarted  Sun Nov  8 00:38:41 UTC 2026\nUp  2 hr 03 min 04 sec\nGo version  none\n` +
          'Binary version  1.36\nEmulation version  1.36\nPaths  /a /b\n',
      );
    },
  );

  it.each(['v1beta1', 'v1alpha1'])('tells JSON of version %s', async version => {
    const get = setUp();
    const asked = (kind: string): string => `application/json;v=${version};g=config.k8s.io;as=${kind}`;
    const flags = await get('/flagz', asked('Flagz'));
    expect(flags.headers['content-type']).toBe(`application/json;g=config.k8s.io;v=${version};as=Flagz`);
    const common = { apiVersion: `config.k8s.io/${version}`, metadata: { name: 'kube-proxy' } };
    expect(flags.json()).toEqual({ ...common, kind: 'Flagz', flags: { 'bind-address': '0.0.0.0', config: '' } });
    expect((await get('/statusz', `text/html, ${asked('Statusz')}`)).json()).toEqual({
      ...common,
      kind: 'Statusz',
      startTime: '2026-11-08T00:38:41Z',
      uptimeSeconds: 7384,
      goVersion: 'none',
      binaryVersion: '1.36',
      emulationVersion: '1.36',
      paths: ['/a', '/b'],
    });
  });

  it.each([
    'application/json',
    'text/html',
    'application/json;v=v1;g=config.k8s.io;as=Flagz',
    'application/json;v=v1beta1;g=config.k8s.io;as=Statusz',
  ])('has nothing for who wants %s of /flagz', async accept => {
    const answer = await setUp()('/flagz', accept);
    expect(answer.statusCode).toBe(406);
    expect(answer.json()).toMatchObject({ kind: 'Status', reason: 'NotAcceptable', code: 406 });
  });

  it('leaves out what is turned off', async () => {
    const get = setUp({ flags: undefined, status: undefined });
    expect([(await get('/flagz')).statusCode, (await get('/statusz')).statusCode]).toEqual([404, 404]);
  });
});
