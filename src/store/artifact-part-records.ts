import type { Kysely, Transaction } from 'kysely';
import type { ArtifactHash } from '../artifacts/artifact-hash.ts';
import type { SharedCode } from '../artifacts/shared-code.ts';
import { SraasError } from '../errors.ts';
import type { StoreTables } from './schema.ts';

/** Bytes of one row: few enough that a server holds several in memory, many enough that an artifact has few of them. */
const partBytes = 1024 * 1024;

/** What part 0 says; it is written last, so that whoever finds it finds all. */
interface Contents {
  readonly parts: number;
}

/**
 * Packed code in rows of a table. Part 0 says how many others there are. The rows of one artifact are the same whoever writes
 * them, so that two servers can put it at the same time. Large ones are not written in one transaction: others would wait for it.
 */
export class ArtifactPartRecords implements SharedCode {
  readonly #database: Kysely<StoreTables>;
  readonly #clock: () => Date;

  constructor(database: Kysely<StoreTables>, clock: () => Date = () => new Date()) {
    this.#database = database;
    this.#clock = clock;
  }

  async put(hash: ArtifactHash, packed: () => AsyncIterable<Uint8Array>): Promise<void> {
    // A collection may take away what was written until part 0 is there.
    for (;;) {
      if (await this.#touch(hash)) return;
      let parts = 0;
      for await (const bytes of pieces(packed())) {
        parts += 1;
        await this.#write(this.#database, { hash, part: parts, bytes });
      }
      if (await this.#finish(hash, { parts })) return;
    }
  }

  async find(hash: ArtifactHash): Promise<AsyncIterable<Uint8Array> | undefined> {
    const first = await this.#part(hash, 0);
    if (first === undefined) return undefined;
    const { parts } = JSON.parse(Buffer.from(first).toString()) as Contents;
    return this.#parts(hash, parts);
  }

  async collect(olderThanMs: number): Promise<number> {
    const cutoff = new Date(this.#clock().getTime() - olderThanMs).toISOString();
    return this.#database.transaction().execute(async (transaction) => {
      const unused = await transaction
        .selectFrom('artifact_parts')
        .select('hash')
        .where('hash', 'not in', (from) => from.selectFrom('versions').select('artifact_hash'))
        .where('hash', 'not in', (from) =>
          from
            .selectFrom('images')
            .select('context_hash')
            .where('context_hash', 'is not', null)
            .$castTo<{ context_hash: string }>(),
        )
        .groupBy('hash')
        .having((having) => having.fn.max('created_at'), '<', cutoff)
        .execute();
      for (const { hash } of unused) await transaction.deleteFrom('artifact_parts').where('hash', '=', hash).execute();
      return unused.length;
    });
  }

  async *#parts(hash: ArtifactHash, parts: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let part = 1; part <= parts; part += 1) {
      const bytes = await this.#part(hash, part);
      if (bytes === undefined) {
        throw new SraasError('STORE_UNAVAILABLE', 'Code was removed while it was read: try again in a moment.');
      }
      yield bytes;
    }
  }

  async #part(hash: ArtifactHash, part: number): Promise<Uint8Array | undefined> {
    const row = await this.#database
      .selectFrom('artifact_parts')
      .select('bytes')
      .where('hash', '=', hash)
      .where('part', '=', part)
      .executeTakeFirst();
    return row?.bytes;
  }

  async #touch(hash: ArtifactHash): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('artifact_parts')
        .set({ created_at: this.#clock().toISOString() })
        .where('hash', '=', hash)
        .where('part', '=', 0)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  }

  /** @returns false when not all parts are there any more. */
  async #finish(hash: ArtifactHash, contents: Contents): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      const { count } = await transaction
        .selectFrom('artifact_parts')
        .select((select) => select.fn.countAll().as('count'))
        .where('hash', '=', hash)
        .where((where) => where.between('part', 1, contents.parts))
        .executeTakeFirstOrThrow();
      if (Number(count) !== contents.parts) return false;
      await this.#write(transaction, { hash, part: 0, bytes: Buffer.from(JSON.stringify(contents)) });
      return true;
    });
  }

  async #write(
    database: Kysely<StoreTables> | Transaction<StoreTables>,
    { hash, part, bytes }: { readonly hash: string; readonly part: number; readonly bytes: Uint8Array },
  ): Promise<void> {
    const created_at = this.#clock().toISOString();
    await database
      .insertInto('artifact_parts')
      .values({ hash, part, bytes, created_at })
      .onConflict((conflict) => conflict.columns(['hash', 'part']).doUpdateSet({ bytes, created_at }))
      .execute();
  }
}

/** Cuts a stream into pieces of one size, the last one smaller. */
async function* pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  let waiting: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of source) {
    for (let start = 0; start < chunk.length;) {
      const taken = chunk.subarray(start, start + partBytes - sizeBytes);
      waiting.push(taken);
      sizeBytes += taken.length;
      start += taken.length;
      if (sizeBytes < partBytes) continue;
      yield Buffer.concat(waiting);
      waiting = [];
      sizeBytes = 0;
    }
  }
  if (sizeBytes > 0) yield Buffer.concat(waiting);
}
