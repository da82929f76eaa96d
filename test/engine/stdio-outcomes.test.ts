import { afterAll } from 'vitest';

// The same promises as over a socket, kept over attached standard streams.
process.env['SRAAS_TEST_TRANSPORT'] = 'stdio';
afterAll(() => {
  delete process.env['SRAAS_TEST_TRANSPORT'];
});

await import('../e2e/outcomes.test.ts');
