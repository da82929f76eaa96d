import { describe, expect, it } from 'vitest';
import { runCampaign } from '../kill/campaign.ts';

const seed = 20_262;

describe('a server that is killed while clients use it', () => {
  it('keeps its word at eight fixed moments', { timeout: 180_000 }, async () => {
    const { faults, tally } = await runCampaign({
      seed,
      kills: [
        { phase: 'first start', failAt: 'migration.step_done:2' },
        { phase: 'work', failAt: 'deploy.version_inserted:4' },
        { phase: 'work', failAt: 'artifact.renamed:3' },
        { phase: 'work', failAt: 'deploy.after_commit:3' },
        { phase: 'start', failAt: 'start.folders_swept' },
        { phase: 'work', failAt: 'remove.after_commit:1' },
        { phase: 'work', failAt: 'sandbox.created:4' },
        { phase: 'stop', failAt: 'stop.draining' },
      ],
      onKill: () => undefined,
    });
    expect(faults).toEqual([]);
    expect(tally.get('deploy: acknowledged')).toBeGreaterThan(3);
    expect(tally.get('calls judged')).toBeGreaterThan(3);
  });
});
