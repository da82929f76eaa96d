import type { Kysely, Transaction } from 'kysely';
import { failpoint } from '../failpoints.ts';
import { namedSecrets, unknownSecrets } from '../functions/named-secrets.ts';
import type { FunctionConfig } from '../functions/function.ts';
import type { SealedSecret, SecretListRequest, SecretRecord, SecretStore } from '../secrets/secret-store.ts';
import type { SecretsTable, StoreTables } from './schema.ts';

/** Row of `meta` with the id of the key that all secrets are sealed with. */
const keyRow = 'secrets_key';

/** Sealed secrets in tables of any database that the query builder speaks to. */
export class SecretRecords implements SecretStore {
  readonly #database: Kysely<StoreTables>;

  constructor(database: Kysely<StoreTables>) {
    this.#database = database;
  }

  async put({ name, sealed, keyId, at }: SealedSecret): Promise<'created' | 'updated' | 'foreign_key'> {
    return this.#database.transaction().execute(async (transaction) => {
      if (!(await claimKey(transaction, keyId))) return 'foreign_key';
      const updatedAt = at.toISOString();
      const { numUpdatedRows } = await transaction
        .updateTable('secrets')
        .set({ sealed, updated_at: updatedAt })
        .where('name', '=', name)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) {
        await transaction
          .insertInto('secrets')
          .values({ name, sealed, created_at: updatedAt, updated_at: updatedAt })
          .execute();
      }
      failpoint('secret.put_before_commit');
      return numUpdatedRows === 0n ? 'created' : 'updated';
    });
  }

  async keyId(): Promise<string | undefined> {
    const row = await this.#database
      .selectFrom('meta')
      .select('value')
      .where('key', '=', keyRow)
      .where((where) => where.exists(where.selectFrom('secrets').select('name').limit(1)))
      .executeTakeFirst();
    return row?.value;
  }

  async read(names: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const rows = await this.#database
      .selectFrom('secrets')
      .select(['name', 'sealed'])
      .where('name', 'in', names)
      .execute();
    return new Map(rows.map(({ name, sealed }) => [name, sealed]));
  }

  async missing(names: readonly string[]): Promise<readonly string[]> {
    return missingOf(this.#database, names);
  }

  async find(name: string): Promise<SecretRecord | undefined> {
    const row = await secrets(this.#database).where('name', '=', name).executeTakeFirst();
    return row && { ...toSecret(row), usedBy: (await usersOf(this.#database, [name])).get(name) ?? [] };
  }

  async list({ after, limit }: SecretListRequest): Promise<readonly SecretRecord[]> {
    const rows = await secrets(this.#database)
      .$if(after !== undefined, (query) => query.where('name', '>', after ?? ''))
      .orderBy('name')
      .limit(limit)
      .execute();
    const users = await usersOf(
      this.#database,
      rows.map(({ name }) => name),
    );
    return rows.map((row) => ({ ...toSecret(row), usedBy: users.get(row.name) ?? [] }));
  }

  async remove(name: string): Promise<'removed' | 'missing' | 'in_use'> {
    return this.#database.transaction().execute(async (transaction) => {
      if ((await lockSecrets(transaction, [name])) === 0) return 'missing';
      const used = await transaction
        .selectFrom('version_secrets')
        .select('number')
        .where('secret', '=', name)
        .limit(1)
        .executeTakeFirst();
      if (used !== undefined) return 'in_use';
      await transaction.deleteFrom('secrets').where('name', '=', name).execute();
      return 'removed';
    });
  }
}

/**
 * Records which secrets a version names, in the transaction that publishes it. They cannot be removed any more from here on.
 * @throws SraasError INVALID_SECRET when one is not there.
 */
export async function recordNamedSecrets(
  transaction: Transaction<StoreTables>,
  version: { readonly functionId: string; readonly number: number; readonly config: FunctionConfig },
): Promise<void> {
  const names = namedSecrets(version.config);
  if (names.length === 0) return;
  if ((await lockSecrets(transaction, names)) < names.length) {
    throw unknownSecrets(version.config, await missingOf(transaction, names));
  }
  await transaction
    .insertInto('version_secrets')
    .values(names.map((secret) => ({ function_id: version.functionId, number: version.number, secret })))
    .execute();
}

/** Changes nothing, but takes the rows' locks on databases that have row locks. Says how many of the secrets there are. */
async function lockSecrets(transaction: Transaction<StoreTables>, names: readonly string[]): Promise<number> {
  const { numUpdatedRows } = await transaction
    .updateTable('secrets')
    .set((column) => ({ name: column.ref('name') }))
    .where('name', 'in', names)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** All secrets have one key: the first to be set decides, and again once there are none. */
async function claimKey(transaction: Transaction<StoreTables>, keyId: string): Promise<boolean> {
  await transaction
    .insertInto('meta')
    .values({ key: keyRow, value: keyId })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  // Takes the row's lock on databases that have row locks.
  await transaction
    .updateTable('meta')
    .set((column) => ({ value: column.ref('value') }))
    .where('key', '=', keyRow)
    .execute();
  const { value } = await transaction
    .selectFrom('meta')
    .select('value')
    .where('key', '=', keyRow)
    .executeTakeFirstOrThrow();
  if (value === keyId) return true;
  const some = await transaction.selectFrom('secrets').select('name').limit(1).executeTakeFirst();
  if (some !== undefined) return false;
  await transaction.updateTable('meta').set({ value: keyId }).where('key', '=', keyRow).execute();
  return true;
}

async function missingOf(database: Kysely<StoreTables>, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const rows = await database.selectFrom('secrets').select('name').where('name', 'in', names).execute();
  const found = new Set(rows.map(({ name }) => name));
  return names.filter((name) => !found.has(name));
}

async function usersOf(
  database: Kysely<StoreTables>,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const users = new Map<string, string[]>();
  if (names.length === 0) return users;
  const rows = await database
    .selectFrom('version_secrets')
    .innerJoin('functions', 'functions.id', 'version_secrets.function_id')
    .select(['version_secrets.secret', 'functions.name'])
    .distinct()
    .where('version_secrets.secret', 'in', names)
    .orderBy('functions.name')
    .execute();
  for (const { secret, name } of rows) {
    const known = users.get(secret);
    if (known === undefined) users.set(secret, [name]);
    else known.push(name);
  }
  return users;
}

function secrets(database: Kysely<StoreTables>) {
  return database.selectFrom('secrets').select(['name', 'created_at', 'updated_at']);
}

function toSecret(row: Omit<SecretsTable, 'sealed'>): Omit<SecretRecord, 'usedBy'> {
  return { name: row.name, createdAt: new Date(row.created_at), updatedAt: new Date(row.updated_at) };
}
