import { defineConfig } from 'vitest/config';

// Each level of docs/testing.md is a project: `vitest run --project unit`.
const project = (name: string, more: Record<string, unknown> = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...more },
});

export default defineConfig({
  test: {
    projects: [
      project('unit'),
      project('property', { testTimeout: 120_000 }),
      project('fault', { testTimeout: 120_000, hookTimeout: 60_000, fileParallelism: false }),
      project('deploy', { testTimeout: 90_000, hookTimeout: 60_000, globalSetup: 'test/deploy/tools.ts' }),
      project('vm', { testTimeout: 600_000, hookTimeout: 60_000, fileParallelism: false }),
      project('kernel', { testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false }),
    ],
  },
});
