import { defineConfig } from 'vitest/config';
import type { StoreKind } from './test/support/store-kind.ts';

const shared = {
  environment: 'node',
  restoreMocks: true,
  globalSetup: ['test/support/postgres/keeper.ts'],
  provide: { storeKind: 'sqlite' as StoreKind },
};
const onPostgres = { ...shared, provide: { storeKind: 'postgres' as StoreKind } };

export default defineConfig({
  test: {
    projects: [
      // Several projects run at a time: what takes a second alone may take ten on a busy machine.
      { test: { ...shared, name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000 } },
      // The other database, and what is kept once more on it, but for what is about SQLite's files and connections.
      {
        test: {
          ...onPostgres,
          name: 'postgres',
          include: ['test/postgres/**/*.test.ts', 'test/unit/store/**/*.test.ts'],
          exclude: [
            'open',
            'local-disk',
            'full-disk',
            'clean-close',
            'failures',
            'crash',
            'backup',
            'patience',
            'power-loss',
          ].map((file) => `test/unit/store/${file}.test.ts`),
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
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
      // Whole servers once more, on the other database: the files that are about what is kept.
      {
        test: {
          ...onPostgres,
          name: 'engine-postgres',
          include: [
            'functions',
            'lists',
            'versions',
            'crash',
            'history',
            'async',
            'idempotency',
            'schedules',
            'secrets',
            'runtimes',
          ].map((file) => `test/e2e/${file}.test.ts`),
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
          globalSetup: [...shared.globalSetup, 'test/support/arena/canary-summary.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
