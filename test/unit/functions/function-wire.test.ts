import { expect, it } from 'vitest';
import { functionToWire, versionToWire } from '../../../src/functions/function-wire.ts';
import { draft } from '../store/drafts.ts';
import { temporaryStore } from '../store/temporary-store.ts';

it('shows a function and its versions in snake case, with times in milliseconds', async () => {
  const { functions } = await temporaryStore();
  const { latest: first } = (await functions.publish(draft('hello'))).fn;
  const changed = draft('hello', 'b', { env: { A: '1' }, labels: { team: 'x' }, description: 'says hello' });
  const { fn } = await functions.publish({ ...changed, createdAt: new Date('2026-02-03T04:05:06.007Z') });
  expect(functionToWire(fn)).toEqual({
    name: 'hello',
    version: 2,
    runtime: 'node24',
    handler: 'main.handler',
    description: 'says hello',
    env: { A: '1' },
    secrets: {},
    limits: {
      cpus: 0.5,
      memory_mb: 256,
      pids: 64,
      timeout_ms: 10_000,
      tmp_mb: 64,
      result_bytes: 6_000_000,
      log_bytes: 1_000_000,
    },
    network: 'none',
    isolation: 'warm',
    concurrency: { max: 10, warm_min: 0 },
    async: { max_attempts: 3, first_delay_ms: 1000, max_age_ms: 21_600_000 },
    history: 'failures',
    labels: { team: 'x' },
    code: { sha256: changed.artifactHash, bytes: 123 },
    created_at: '2026-01-02T03:04:05.678Z',
    updated_at: '2026-02-03T04:05:06.007Z',
  });
  expect(versionToWire(first)).toMatchObject({ version: 1, created_at: '2026-01-02T03:04:05.678Z' });
  expect(versionToWire(first)).not.toHaveProperty('updated_at');
});
