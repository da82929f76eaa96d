import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { StoreTables } from './schema.ts';

const key = 'instance_id';

/** The random name of this installation, made once and kept for the database's life. Containers carry it as a label. */
export async function readInstanceId(database: Kysely<StoreTables>): Promise<string> {
  await database
    .insertInto('meta')
    .values({ key, value: randomUUID() })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  const row = await database.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirstOrThrow();
  return row.value;
}
