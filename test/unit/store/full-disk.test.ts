import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { Reserve } from '../../../src/store/sqlite/reserve.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { temporaryDirectory } from './temporary-store.ts';

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
