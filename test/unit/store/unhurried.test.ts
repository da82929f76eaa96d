import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { Kysely, sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import type { StoreTables } from '../../../src/store/schema.ts';
import { SqliteConnection } from '../../../src/store/sqlite/connection.ts';
import { StoreDialect } from '../../../src/store/sqlite/dialect.ts';
import { unhurriedOnSqlite } from '../../../src/store/unhurried.ts';
import { temporaryDirectory } from './temporary-store.ts';

const full = 2;
const normal = 1;

async function openDatabase(): Promise<Kysely<StoreTables>> {
  const file = new DatabaseSync(join(await temporaryDirectory(), 'database'));
  file.exec('pragma journal_mode = wal; pragma synchronous = full; create table things (name text)');
  const database = new Kysely<StoreTables>({ dialect: new StoreDialect(new SqliteConnection(file)) });
  onTestFinished(() => database.destroy());
  return database;
}

async function synchronous(database: Kysely<StoreTables>): Promise<number | undefined> {
  const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(database);
  return rows[0]?.synchronous;
}

it('commits without waiting for the disk, and leaves the next one to wait as before', async () => {
  const database = await openDatabase();
  const meanwhile = await unhurriedOnSqlite(database)(async (transaction) => {
    await sql`insert into things values ('a')`.execute(transaction);
    return await synchronous(transaction);
  });
  expect([meanwhile, await synchronous(database)]).toEqual([normal, full]);
  expect((await sql`select name from things`.execute(database)).rows).toEqual([{ name: 'a' }]);
});

it('keeps nothing of work that fails, and leaves the next one to wait as before', async () => {
  const database = await openDatabase();
  const failing = unhurriedOnSqlite(database)(async (transaction) => {
    await sql`insert into things values ('a')`.execute(transaction);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await synchronous(database)).toBe(full);
  expect((await sql`select name from things`.execute(database)).rows).toEqual([]);
});

it('is in nobody’s way who commits in the usual way beside it', async () => {
  const database = await openDatabase();
  const unhurried = unhurriedOnSqlite(database)((transaction) =>
    sql`insert into things values ('a')`.execute(transaction),
  );
  const usual = database.transaction().execute(synchronous);
  await unhurried;
  expect(await usual).toBe(full);
});
