import type { ExpressionBuilder, Kysely } from 'kysely';
import type { ArtifactHash } from '../artifacts/artifact-hash.ts';
import type { ImageStore } from '../runtimes/custom/image-store.ts';
import type { ImageKey, MadeImage } from '../runtimes/custom/made-image.ts';
import { toImage, toImagesRow } from './image-rows.ts';
import type { StoreTables } from './schema.ts';

/** Built images in a table of any database that the query builder speaks to. */
export class ImageRecords implements ImageStore {
  readonly #database: Kysely<StoreTables>;

  constructor(database: Kysely<StoreTables>) {
    this.#database = database;
  }

  async all(): Promise<readonly MadeImage[]> {
    return (await this.#database.selectFrom('images').selectAll().execute()).map(toImage);
  }

  async save(image: MadeImage): Promise<void> {
    const { key, ...row } = toImagesRow(image);
    await this.#database
      .insertInto('images')
      .values({ key, ...row })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
      .execute();
  }

  async touch(recipeHash: string): Promise<void> {
    await this.#database
      .updateTable('images')
      .set({ unused_since: null })
      .where('recipe_hash', '=', recipeHash)
      // A row that is written as it was would cost a write to the disk all the same.
      .where('unused_since', 'is not', null)
      .execute();
  }

  async collect(now: Date, cutoff: Date, aboutToBeUsed: ReadonlySet<ImageKey>): Promise<readonly MadeImage[]> {
    return this.#database.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('images')
        .set({ unused_since: null })
        .where('unused_since', 'is not', null)
        .where((expression) => expression.not(isUnused(expression)))
        .execute();
      await transaction
        .updateTable('images')
        .set({ unused_since: now.toISOString() })
        .where('unused_since', 'is', null)
        .where(isUnused)
        .execute();
      const rows = await transaction
        .selectFrom('images')
        .selectAll()
        .where('unused_since', '<=', cutoff.toISOString())
        .execute();
      const images = rows.map(toImage).filter(({ key }) => !aboutToBeUsed.has(key));
      for (const { key } of images) await transaction.deleteFrom('images').where('key', '=', key).execute();
      return images;
    });
  }

  async contextsInUse(): Promise<ReadonlySet<ArtifactHash>> {
    const rows = await this.#database
      .selectFrom('images')
      .select('context_hash')
      .distinct()
      .where('context_hash', 'is not', null)
      .execute();
    return new Set(rows.map((row) => row.context_hash as ArtifactHash));
  }
}

function isUnused(expression: ExpressionBuilder<StoreTables, 'images'>) {
  const runtime = expression.selectFrom('runtimes').select('name').whereRef('runtimes.image_key', '=', 'images.key');
  const version = expression.selectFrom('versions').select('number').whereRef('versions.image_key', '=', 'images.key');
  return expression.and([expression.not(expression.exists(runtime)), expression.not(expression.exists(version))]);
}
