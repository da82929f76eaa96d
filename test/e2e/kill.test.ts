import { describe, expect, it, onTestFinished } from 'vitest';
import { type Report, runCampaign } from '../kill/campaign.ts';
import type { Kill } from '../kill/kills.ts';
import { runPairCampaign } from '../kill/pair-campaign.ts';
import { newPostgresPlace, newSqlitePlace, type NewPlace } from '../kill/places.ts';
import { startPostgres } from '../support/postgres/server.ts';

const seed = 20_262;
const common = { seed, onKill: () => undefined };

/** Of each kind of change one, and of a server's life its start and its end; the campaign itself has all. */
const moments: readonly Kill[] = [
  { phase: 'first start', failAt: 'secret.key_made' },
  { phase: 'work', failAt: 'deploy.after_commit:5' },
  { phase: 'work', failAt: 'secret.after_commit:2' },
  { phase: 'work', failAt: 'async.attempt_ended:2' },
  { phase: 'work', failAt: 'idempotency.kept_before_commit:1' },
  { phase: 'work', failAt: 'alias.after_commit:2' },
  { phase: 'start', failAt: 'start.leases_voided' },
  { phase: 'work', failAt: 'webhook.answered:3' },
  { phase: 'work', failAt: 'schedule.taken:1' },
  { phase: 'stop', failAt: 'stop.draining' },
];

async function onPostgres(): Promise<NewPlace> {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.stop());
  return newPostgresPlace(postgres);
}

function expectWork({ faults, tally }: Report): void {
  expect(faults).toEqual([]);
  expect(tally.get('deploy: acknowledged')).toBeGreaterThan(3);
  expect(tally.get('async ended: succeeded')).toBeGreaterThan(0);
  expect(tally.get('webhooks: invocations told of')).toBeGreaterThan(0);
  expect(tally.get('replies judged: by version')).toBeGreaterThan(3);
  expect(tally.get('replies judged: by secret')).toBeGreaterThan(3);
}

describe('a server that is killed while clients use it', () => {
  it('keeps its word at ten fixed moments', { timeout: 300_000 }, async () => {
    expectWork(await runCampaign({ ...common, newPlace: newSqlitePlace, functionCount: 4, kills: moments }));
  });

  it('keeps its word on PostgreSQL as well', { timeout: 300_000 }, async () => {
    expectWork(
      await runCampaign({ ...common, newPlace: await onPostgres(), functionCount: 4, kills: moments.slice(0, 6) }),
    );
  });
});

describe('two servers on one database, killed in turn while the other goes on', () => {
  it('keep their word, take over the work of the dead, and clear away what it left', { timeout: 300_000 }, async () => {
    const report = await runPairCampaign({
      ...common,
      newPlace: await onPostgres(),
      functionCount: 4,
      kills: [
        { phase: 'work', failAt: 'async.claimed:3' },
        { phase: 'work', afterMs: 500 },
      ],
    });
    expectWork(report);
  });
});
