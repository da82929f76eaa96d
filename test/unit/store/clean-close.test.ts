import { rm, writeFile, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wasClosedCleanly } from '../../../src/store/sqlite/clean-close.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { temporaryDirectory } from './temporary-store.ts';

/** The path of a database that a store has made and closed in order. */
async function closedDatabase(): Promise<string> {
  const directory = await temporaryDirectory();
  await (await openSqliteStore({ directory })).close();
  return join(directory, 'sraas.db');
}

describe('a database that was closed in order', () => {
  it('is known by its note, once', async () => {
    const path = await closedDatabase();
    expect(await wasClosedCleanly(path)).toBe(true);
    expect(await wasClosedCleanly(path)).toBe(false);
  });

  it('is not known while a store has it open, so that a crash leaves no note', async () => {
    const directory = await temporaryDirectory();
    await (await openSqliteStore({ directory })).close();
    const store = await openSqliteStore({ directory });
    expect(await wasClosedCleanly(join(directory, 'sraas.db'))).toBe(false);
    await store.close();
  });

  it('is not trusted when a log is beside it', async () => {
    const path = await closedDatabase();
    await writeFile(`${path}-wal`, '');
    expect(await wasClosedCleanly(path)).toBe(false);
  });

  it('is not trusted when it was written to, also under its old time', async () => {
    const path = await closedDatabase();
    const content = await readFile(path);
    await writeFile(path, content);
    await utimes(path, new Date(), new Date());
    expect(await wasClosedCleanly(path)).toBe(false);
  });

  it('is not trusted when it has gone', async () => {
    const path = await closedDatabase();
    await rm(path);
    expect(await wasClosedCleanly(path)).toBe(false);
  });
});
