import { defineConfig } from 'vitest/config';

const shared = { environment: 'node', restoreMocks: true } as const;

export default defineConfig({
  test: {
    projects: [
      { test: { ...shared, name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      // The shim over a pipe or socket, as a plain child process: no engine needed.
      { test: { ...shared, name: 'protocol', include: ['test/protocol/**/*.test.ts'] } },
      {
        test: {
          ...shared,
          name: 'engine',
          include: ['test/engine/**/*.test.ts', 'test/e2e/**/*.test.ts'],
          // Every file drives real containers on the one engine; side by side they would measure each other.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'adversarial',
          include: ['test/adversarial/**/*.test.ts'],
          globalSetup: ['test/support/arena/canary-summary.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
