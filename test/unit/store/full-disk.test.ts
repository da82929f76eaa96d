import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import type { FunctionId } from '../../../src/functions/function.ts';
import { Reserve } from '../../../src/store/sqlite/reserve.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { withReserve } from '../../../src/store/sqlite/removals.ts';
import { openUntilFinished, temporaryDirectory } from './temporary-store.ts';

const full = new SraasError('INSUFFICIENT_STORAGE', 'There is no space left.');

/** A reserve, and its bytes on the disk. */
async function setUp() {
  const directory = await temporaryDirectory();
  const reserve = new Reserve(directory);
  await reserve.take();
  return { reserve, size: async () => (await stat(join(directory, 'reserve'))).size };
}

describe('the reserve of a store', () => {
  it('is there from the first start on, for this user only, and whole again after it was touched', async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, 'reserve');
    await (await openSqliteStore({ directory })).close();
    const { size, mode, blocks } = await stat(path);
    expect([mode & 0o777, blocks * 512 >= size, size > 4_000_000]).toEqual([0o600, true, true]);
    await writeFile(path, 'short');
    await (await openSqliteStore({ directory })).close();
    expect((await stat(path)).size).toBeGreaterThanOrEqual(size);
  });

  it('is not touched by what works without it, or fails for another reason', async () => {
    const { reserve, size } = await setUp();
    const whole = await size();
    expect(await reserve.spendOn(size)).toBe(whole);
    await expect(reserve.spendOn(() => Promise.reject(new Error('other')))).rejects.toThrow('other');
    expect(await size()).toBe(whole);
  });

  it('is given up for what failed because the disk is full, by one at a time, and taken again', async () => {
    const { reserve, size } = await setUp();
    const whole = await size();
    let together = 0;
    const removal = (): (() => Promise<string>) => {
      let tries = 0;
      return async () => {
        if ((tries += 1) === 1) throw full;
        expect([(together += 1), await size()]).toEqual([1, 0]);
        together -= 1;
        return 'removed';
      };
    };
    const removed = await Promise.all([1, 2, 3].map(() => reserve.spendOn(removal())));
    expect(removed).toEqual(['removed', 'removed', 'removed']);
    expect(await size()).toBe(whole);
  });

  it('is taken again, and the next in line has its turn, when the removal fails all the same', async () => {
    const { reserve, size } = await setUp();
    const whole = await size();
    await expect(reserve.spendOn(() => Promise.reject(full))).rejects.toBe(full);
    expect(await size()).toBe(whole);
    let tries = 0;
    expect(await reserve.spendOn(() => ((tries += 1) === 1 ? Promise.reject(full) : Promise.resolve(tries)))).toBe(2);
  });
});

describe('the calls by which a store gets smaller', () => {
  it('have the reserve, all of them, and no others have it', async () => {
    const store = await openUntilFinished({ directory: await temporaryDirectory() });
    let spent = 0;
    const records = withReserve(store, {
      spendOn: (removal) => {
        spent += 1;
        return removal();
      },
    });
    const now = new Date();
    const removals: (() => Promise<unknown>)[] = [
      () => records.functions.remove('f'),
      () => records.functions.removeVersion('f', 1),
      () => records.aliases.remove('f', 'a'),
      () => records.runtimes.remove('r'),
      () => records.images.collect(now, now, new Set()),
      () => records.history.prune({ upTo: 'id', most: 1, deadLetters: true }),
      () => records.idempotency.prune(now, 1),
      () => records.schedules.remove('f', 's'),
      () => records.secrets.remove('s'),
      () => records.work.cancel('id', now),
      () => records.work.cancelWaiting('id' as FunctionId, now, 1),
      () => records.deadLetters.removeDead('id'),
      () => records.deadLetters.purgeDead({ most: 1 }),
    ];
    // What is not there is removed in vain, or refused: the call has come to the reserve all the same.
    for (const removal of removals) await Promise.allSettled([removal()]);
    expect(spent).toBe(removals.length);
    expect([await records.functions.find('f'), await records.history.find('id'), spent]).toEqual([
      undefined,
      undefined,
      removals.length,
    ]);
  });
});
