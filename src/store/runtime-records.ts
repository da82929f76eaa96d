import type { Kysely } from 'kysely';
import type { BuildRecord, CustomRuntime } from '../runtimes/custom/custom-runtime.ts';
import type { EndedBuild, RuntimeDraft, RuntimeStore } from '../runtimes/custom/runtime-store.ts';
import { toBuildColumns, toRuntime } from './runtime-rows.ts';
import type { StoreTables } from './schema.ts';

/** All but the log, which can be long. */
const columns = [
  'runtimes.name',
  'runtimes.description',
  'runtimes.contract',
  'runtimes.image_key',
  'runtimes.created_at',
  'runtimes.updated_at',
  'runtimes.build_id',
  'runtimes.build_state',
  'runtimes.build_queued_at',
  'runtimes.build_ended_at',
  'runtimes.build_problem',
  'runtimes.build_problem_line',
] as const;

/** Custom runtimes in a table of any database that the query builder speaks to. */
export class RuntimeRecords implements RuntimeStore {
  readonly #database: Kysely<StoreTables>;

  constructor(database: Kysely<StoreTables>) {
    this.#database = database;
  }

  async all(): Promise<readonly CustomRuntime[]> {
    return (await runtimes(this.#database).orderBy('runtimes.name').execute()).map(toRuntime);
  }

  async begin(draft: RuntimeDraft, build: BuildRecord): Promise<CustomRuntime> {
    const { name, description, contract } = draft;
    const createdAt = draft.createdAt.toISOString();
    const buildColumns = { ...toBuildColumns(build), build_log: '""' };
    return this.#database.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('runtimes')
        .values({
          name,
          description: JSON.stringify(description),
          contract,
          image_key: null,
          created_at: createdAt,
          updated_at: createdAt,
          ...buildColumns,
        })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(buildColumns))
        .execute();
      return toRuntime(await runtimes(transaction).where('runtimes.name', '=', name).executeTakeFirstOrThrow());
    });
  }

  async end(name: string, { build, log, success }: EndedBuild): Promise<CustomRuntime | undefined> {
    const serving =
      success === undefined
        ? {}
        : {
            image_key: success.image.key,
            contract: success.draft.contract,
            description: JSON.stringify(success.draft.description),
            updated_at: (build.endedAt ?? success.draft.createdAt).toISOString(),
          };
    return this.#database.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('runtimes')
        .set({ ...toBuildColumns(build), build_log: JSON.stringify(log), ...serving })
        .where('name', '=', name)
        .where('build_id', '=', build.id)
        .execute();
      const row = await runtimes(transaction)
        .where('runtimes.name', '=', name)
        .where('build_id', '=', build.id)
        .executeTakeFirst();
      return row && toRuntime(row);
    });
  }

  async log(name: string): Promise<string | undefined> {
    const row = await this.#database
      .selectFrom('runtimes')
      .select('build_log')
      .where('name', '=', name)
      .executeTakeFirst();
    return row && (JSON.parse(row.build_log) as string);
  }

  async interrupt(problem: string, at: Date): Promise<void> {
    await this.#database
      .updateTable('runtimes')
      .set({ build_state: 'failed', build_problem: JSON.stringify(problem), build_ended_at: at.toISOString() })
      .where('build_state', '=', 'building')
      .execute();
  }

  async usedBy(name: string, limit: number): Promise<readonly string[]> {
    const rows = await this.#database
      .selectFrom('versions')
      .innerJoin('functions', 'functions.id', 'versions.function_id')
      .select('functions.name')
      .distinct()
      .where('versions.runtime', '=', name)
      .orderBy('functions.name')
      .limit(limit)
      .execute();
    return rows.map((row) => row.name);
  }

  async remove(name: string): Promise<'removed' | 'missing' | 'in_use'> {
    return this.#database.transaction().execute(async (transaction) => {
      const used = await transaction
        .selectFrom('versions')
        .select('number')
        .where('runtime', '=', name)
        .limit(1)
        .executeTakeFirst();
      if (used !== undefined) return 'in_use';
      const { numDeletedRows } = await transaction.deleteFrom('runtimes').where('name', '=', name).executeTakeFirst();
      return numDeletedRows > 0n ? 'removed' : 'missing';
    });
  }
}

function runtimes(database: Kysely<StoreTables>) {
  return database
    .selectFrom('runtimes')
    .leftJoin('images', 'images.key', 'runtimes.image_key')
    .select(columns)
    .select('images.serves_as');
}
