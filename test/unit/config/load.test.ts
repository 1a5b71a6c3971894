import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../src/config/load.ts';
import { ConfigurationError } from '../../../src/config/problem.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-config-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe('loadConfiguration', () => {
  it('reads the file', async () => {
    const path = join(directory, 'config.conf');
    await writeFile(
      path,
      'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\noomScoreAdj: 5\n',
    );
    const { configuration } = await loadConfiguration(path, new Map([['oom-score-adj', ['7']]]));
    expect(configuration.oomScoreAdj).toBe(5);
  });

  it('does without one', async () => {
    const { configuration } = await loadConfiguration(undefined, new Map([['oom-score-adj', ['7']]]));
    expect(configuration.oomScoreAdj).toBe(7);
  });

  it.each([
    ['a missing file', 'missing.conf', 'ENOENT'],
    ['a directory', '.', 'EISDIR'],
  ])('%s is an error that names --config', async (_name, path, reason) => {
    const loading = loadConfiguration(join(directory, path), new Map());
    await expect(loading).rejects.toThrow(ConfigurationError);
    await expect(loading).rejects.toThrow(new RegExp(`--config: ${reason}`));
  });
});
