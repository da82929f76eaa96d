import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { draft } from './drafts.ts';
import { temporaryDirectory } from './temporary-store.ts';

/** Files as a disk has them that lost its power while `torn` was written: all before it was synced, of it there is a part. */
interface Moment {
  readonly database: Buffer;
  readonly log: Buffer;
  /** Length of the log that the last acknowledgement waited for. */
  readonly syncedBytes: number;
  readonly acknowledged: number;
}

const publishes = 12;

async function moments(): Promise<readonly Moment[]> {
  const directory = await temporaryDirectory();
  const store = await openSqliteStore({ directory });
  onTestFinished(() => store.close());
  const path = join(directory, 'sraas.db');
  const found: Moment[] = [];
  for (let number = 1; number <= publishes; number += 1) {
    const syncedBytes = statSync(`${path}-wal`).size;
    await store.functions.publish(draft('hello', `code ${number}`));
    found.push({
      database: readFileSync(path),
      log: readFileSync(`${path}-wal`),
      syncedBytes,
      acknowledged: number - 1,
    });
  }
  return found;
}

describe('FT-26 a machine that loses its power', () => {
  it(
    'has every acknowledged version in a sound database, wherever the last write was torn',
    { timeout: 60_000 },
    async () => {
      const all = await moments();
      const root = await temporaryDirectory();
      let count = 0;
      const torn = fc.record({
        moment: fc.integer({ min: 0, max: publishes - 1 }),
        // Of what was being written: how much arrived, and whether its last sector is rubbish.
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        rubbish: fc.uint8Array({ maxLength: 512 }),
      });
      await fc.assert(
        fc.asyncProperty(torn, async ({ moment, share, rubbish }) => {
          const taken = all[moment];
          if (taken === undefined) throw new Error('no such moment');
          const { database, log, syncedBytes, acknowledged } = taken;
          const directory = join(root, String((count += 1)));
          mkdirSync(directory);
          const end = syncedBytes + Math.floor((log.length - syncedBytes) * share);
          writeFileSync(join(directory, 'sraas.db'), database);
          writeFileSync(join(directory, 'sraas.db-wal'), Buffer.concat([log.subarray(0, end), rubbish]));
          const store = await openSqliteStore({ directory });
          const newest = (await store.functions.find('hello'))?.latest.number ?? 0;
          for (let number = 1; number <= newest; number += 1) {
            const version = await store.functions.findVersion('hello', number);
            expect(version?.artifactHash).toBe(draft('hello', `code ${number}`).artifactHash);
          }
          await store.close();
          expect([acknowledged, acknowledged + 1]).toContain(newest);
          const copy = join(directory, 'copy.db');
          copyFileSync(join(directory, 'sraas.db'), copy);
          const sqlite = new DatabaseSync(copy);
          expect(sqlite.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
          sqlite.close();
        }),
        { numRuns: 40 },
      );
    },
  );
});
