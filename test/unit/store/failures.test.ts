import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { Kysely } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FunctionRecords } from '../../../src/store/function-records.ts';
import type { StoreTables } from '../../../src/store/schema.ts';
import { SqliteConnection } from '../../../src/store/sqlite/connection.ts';
import { StoreDialect } from '../../../src/store/sqlite/dialect.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { draft } from './drafts.ts';
import { temporaryDirectory } from './temporary-store.ts';

/** Records over a connection whose pragmas a test may turn, and another program's connection to the same file. */
async function setUp() {
  const directory = await temporaryDirectory();
  await (await openSqliteStore({ directory })).close();
  const path = join(directory, 'sraas.db');
  const sqlite = new DatabaseSync(path, { timeout: 0 });
  sqlite.exec('pragma journal_mode = wal');
  const other = new DatabaseSync(path, { timeout: 0 });
  const database = new Kysely<StoreTables>({ dialect: new StoreDialect(new SqliteConnection(sqlite)) });
  onTestFinished(async () => {
    other.close();
    await database.destroy();
  });
  return { records: new FunctionRecords(database), database, sqlite, other };
}

describe('a store that fails', () => {
  it('says that storage is short when the disk is full, changes nothing, and goes on when there is room', async () => {
    const { records, sqlite } = await setUp();
    await records.publish(draft('hello'));
    sqlite.exec('pragma max_page_count = 1');
    const large = draft('hello', 'b', { env: { A: 'x'.repeat(30_000) } });
    await expect(records.publish(large)).rejects.toMatchObject({ code: 'INSUFFICIENT_STORAGE' });
    expect((await records.find('hello'))?.latest.number).toBe(1);
    expect(await records.remove('hello')).toBeDefined();
    sqlite.exec('pragma max_page_count = 100000');
    expect((await records.publish(large)).outcome).toBe('created');
  });

  it('says that it is unavailable while another program writes, and goes on afterwards', async () => {
    const { records, other } = await setUp();
    other.exec('begin immediate');
    await expect(records.publish(draft('hello'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'The database cannot be used just now: try again in a moment.',
    });
    expect(await records.find('hello')).toBeUndefined();
    other.exec('rollback');
    expect((await records.publish(draft('hello'))).outcome).toBe('created');
  });

  it('says that it is unavailable when it may only read', async () => {
    const { records, sqlite } = await setUp();
    sqlite.exec('pragma query_only = on');
    await expect(records.publish(draft('hello'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('does not blame the database for a mistake in a statement or a broken constraint', async () => {
    const { database } = await setUp();
    const insert = database.insertInto('meta').values({ key: 'instance_id', value: 'second' });
    await expect(insert.execute()).rejects.toThrow('UNIQUE constraint failed');
    await expect(
      database
        .selectFrom('no_such_table' as 'meta')
        .selectAll()
        .execute(),
    ).rejects.toThrow('no such table');
  });

  it('keeps its place in line when one of many transactions fails', async () => {
    const { records } = await setUp();
    const mangled = { ...draft('hello', 'bad'), entry: { ...draft('hello').entry, file: 'a\0' } };
    const drafts = [draft('hello', 'a'), mangled, draft('hello', 'b'), mangled, draft('hello', 'c')];
    const results = await Promise.allSettled(drafts.map((each) => records.publish(each)));
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect((await records.find('hello'))?.latest.number).toBe(3);
  });
});
