import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { Patience } from '../../../src/store/sqlite/patience.ts';
import { draft } from './drafts.ts';
import { temporaryDirectory } from './temporary-store.ts';

const busy = new SraasError('STORE_UNAVAILABLE', 'It is busy.', {
  cause: Object.assign(new Error('database is locked'), { code: 'ERR_SQLITE_ERROR', errcode: 5 }),
});

describe('FT-23 a database that another program writes to', () => {
  it('is waited for, and nothing else waits meanwhile', async () => {
    const directory = await temporaryDirectory();
    const store = await openSqliteStore({ directory });
    const other = new DatabaseSync(join(directory, 'sraas.db'), { timeout: 0 });
    onTestFinished(async () => {
      other.close();
      await store.close();
    });
    other.exec('begin immediate');
    const published = store.functions.publish(draft('hello'));
    const begun = performance.now();
    // The loop goes round as if nothing were the matter.
    for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(performance.now() - begun).toBeLessThan(3000);
    other.exec('rollback');
    expect((await published).outcome).toBe('created');
  });

  it('is given up after a while, once for all that wait, until it can be used again', async () => {
    const patience = new Patience(300);
    let tries = 0;
    const locked = (): Promise<never> => {
      tries += 1;
      return Promise.reject(busy);
    };
    await expect(patience.run(locked)).rejects.toBe(busy);
    expect(tries).toBeGreaterThan(2);
    tries = 0;
    await expect(patience.run(locked)).rejects.toBe(busy);
    expect(tries).toBe(1);
    expect(await patience.run(() => Promise.resolve('free'))).toBe('free');
    await expect(patience.run(locked)).rejects.toBe(busy);
    expect(tries).toBeGreaterThan(3);
  });

  it('is not waited for when something else is the matter', async () => {
    const full = new SraasError('INSUFFICIENT_STORAGE', 'It is full.');
    await expect(new Patience(60_000).run(() => Promise.reject(full))).rejects.toBe(full);
  });
});
