import type { Kysely, Transaction } from 'kysely';
import { inFlight } from '../idempotency/refusals.ts';
import { failpoint } from '../failpoints.ts';
import type { AnsweredKey, IdempotencyStore, KeyId, KeyRecord, Reservation } from '../idempotency/idempotency-store.ts';
import type { StoreTables } from './schema.ts';

/** Idempotency keys in a table of any database that the query builder speaks to. */
export class IdempotencyRecords implements IdempotencyStore {
  readonly #database: Kysely<StoreTables>;

  constructor(database: Kysely<StoreTables>) {
    this.#database = database;
  }

  async reserve(reservation: Reservation, now: Date, expiresAt: Date): Promise<KeyRecord | undefined> {
    const { scope, key, fingerprint, owner } = reservation;
    const row = {
      scope,
      key,
      fingerprint,
      owner,
      answer: null,
      created_at: now.toISOString(),
      expires_at: expiresAt.toISOString(),
    };
    return this.#database.transaction().execute(async (transaction) => {
      await transaction
        .deleteFrom('idempotency_keys')
        .where('scope', '=', scope)
        .where('key', '=', key)
        .where('expires_at', '<=', now.toISOString())
        .execute();
      for (;;) {
        const inserted = await transaction
          .insertInto('idempotency_keys')
          .values(row)
          .onConflict((conflict) => conflict.columns(['scope', 'key']).doNothing())
          .executeTakeFirst();
        if (inserted.numInsertedOrUpdatedRows === 1n) return undefined;
        const found = await find(transaction, { scope, key });
        // Undefined where another server freed the key between the two.
        if (found !== undefined) return found;
      }
    });
  }

  async takeOver({ scope, key, owner }: Reservation, from: string): Promise<boolean> {
    const { numUpdatedRows } = await held(this.#database, { scope, key }, from).set({ owner }).executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  keep(answered: AnsweredKey): Promise<boolean> {
    return keepAnswer(this.#database, answered);
  }

  async interrupt(id: KeyId, owner: string, expiresAt: Date): Promise<boolean> {
    const { numUpdatedRows } = await held(this.#database, id, owner)
      .set({ owner: null, expires_at: expiresAt.toISOString() })
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async release({ scope, key }: KeyId, owner: string): Promise<boolean> {
    const { numDeletedRows } = await this.#database
      .deleteFrom('idempotency_keys')
      .where('scope', '=', scope)
      .where('key', '=', key)
      .where('owner', '=', owner)
      .executeTakeFirst();
    return numDeletedRows === 1n;
  }

  async prune(now: Date, limit: number): Promise<number> {
    const last = await this.#database
      .selectFrom('idempotency_keys')
      .select('expires_at')
      .where('expires_at', '<=', now.toISOString())
      .orderBy('expires_at')
      .offset(limit - 1)
      .limit(1)
      .executeTakeFirst();
    const { numDeletedRows } = await this.#database
      .deleteFrom('idempotency_keys')
      .where('expires_at', '<=', last?.expires_at ?? now.toISOString())
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}

/**
 * Ends a reservation inside the transaction that does what is answered: there are both or neither.
 * @throws SraasError IDEMPOTENCY_IN_FLIGHT when the key is somebody else's by now.
 */
export async function keepAnswerWith(transaction: Transaction<StoreTables>, answered: AnsweredKey): Promise<void> {
  if (!(await keepAnswer(transaction, answered))) throw inFlight();
  failpoint('idempotency.kept_before_commit');
}

/** Ends a reservation with its answer. False when the key is the owner's no longer, and nothing was changed. */
async function keepAnswer(
  database: Kysely<StoreTables>,
  { owner, answer, expiresAt, ...id }: AnsweredKey,
): Promise<boolean> {
  const { numUpdatedRows } = await held(database, id, owner)
    .set({ owner: null, answer, expires_at: expiresAt.toISOString() })
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

function held(database: Kysely<StoreTables>, { scope, key }: KeyId, owner: string) {
  return database
    .updateTable('idempotency_keys')
    .where('scope', '=', scope)
    .where('key', '=', key)
    .where('owner', '=', owner);
}

async function find(transaction: Transaction<StoreTables>, { scope, key }: KeyId): Promise<KeyRecord | undefined> {
  const row = await transaction
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'owner', 'answer'])
    .where('scope', '=', scope)
    .where('key', '=', key)
    .executeTakeFirst();
  return row && { fingerprint: row.fingerprint, owner: row.owner ?? undefined, answer: row.answer ?? undefined };
}
