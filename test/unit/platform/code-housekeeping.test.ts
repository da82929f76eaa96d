import { describe, expect, it } from 'vitest';
import type { ArtifactHash } from '../../../src/artifacts/artifact-hash.ts';
import { collectCode } from '../../../src/platform/code-housekeeping.ts';
import { temporaryStore } from '../store/temporary-store.ts';

const hash = (digit: string): ArtifactHash => digit.repeat(64) as ArtifactHash;

describe('collecting code while the server runs', () => {
  it('spares what a build takes that has no record yet, and asks for that first', async () => {
    const store = await temporaryStore();
    const asked: string[] = [];
    let spared: ReadonlySet<ArtifactHash> | undefined;
    await collectCode(
      { maxTimeoutMs: 1000 },
      {
        store: {
          functions: store.functions,
          images: {
            contextsInUse: () => {
              asked.push('recorded');
              return Promise.resolve(new Set([hash('b')]));
            },
          },
        },
        artifacts: {
          collect: (inUse) => {
            spared = inUse;
            return Promise.resolve(0);
          },
        },
        images: {
          contextsUnderWay: () => {
            asked.push('under way');
            return new Set([hash('a')]);
          },
        },
      },
    );
    expect(spared).toStrictEqual(new Set([hash('a'), hash('b')]));
    expect(asked).toStrictEqual(['under way', 'recorded']);
  });

  it.each([
    ['an hour', 900_000, 3_600_000],
    ['longer than any call takes', 86_400_000, 87_000_000],
  ])('keeps code without a version for %s', async (_name, maxTimeoutMs, graceMs) => {
    const store = await temporaryStore();
    const given: number[] = [];
    const artifacts = {
      collect: (_inUse: ReadonlySet<ArtifactHash>, olderThanMs: number) => {
        given.push(olderThanMs);
        return Promise.resolve(0);
      },
    };
    await collectCode({ maxTimeoutMs }, { store, artifacts });
    expect(given).toStrictEqual([graceMs]);
  });
});
