import { describe, expect, it } from 'vitest';
import { runCampaign } from '../kill/campaign.ts';
import { newSqlitePlace } from '../kill/places.ts';

const seed = 20_262;

describe('a server that is killed while clients use it', () => {
  it('keeps its word at eight fixed moments', { timeout: 300_000 }, async () => {
    const { faults, tally } = await runCampaign({
      seed,
      newPlace: newSqlitePlace,
      functionCount: 4,
      kills: [
        { phase: 'first start', failAt: 'migration.step_done:2' },
        { phase: 'work', failAt: 'deploy.version_inserted:4' },
        { phase: 'work', failAt: 'async.attempt_ended:2' },
        { phase: 'work', failAt: 'deploy.after_commit:3' },
        { phase: 'start', failAt: 'start.leases_voided' },
        { phase: 'work', failAt: 'remove.after_commit:1' },
        { phase: 'work', failAt: 'sandbox.created:4' },
        { phase: 'stop', failAt: 'stop.draining' },
      ],
      onKill: () => undefined,
    });
    expect(faults).toEqual([]);
    expect(tally.get('deploy: acknowledged')).toBeGreaterThan(3);
    expect(tally.get('async ended: succeeded')).toBeGreaterThan(0);
    expect(tally.get('replies judged')).toBeGreaterThan(3);
  });
});
