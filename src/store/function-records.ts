import { randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type {
  FunctionListRequest,
  FunctionStore,
  Published,
  VersionDraft,
  VersionListRequest,
} from '../functions/function-store.ts';
import { SraasError } from '../errors.ts';
import type { ArtifactHash } from '../artifacts/artifact-hash.ts';
import { failpoint } from '../failpoints.ts';
import type { DeployedFunction, FunctionId, FunctionVersion } from '../functions/function.ts';
import { functionTag } from '../functions/entity-tag.ts';
import { requireHolding, type Precondition } from '../functions/precondition.ts';
import { functionNotThere, versionNotThere } from '../functions/not-there.ts';
import type { AnsweredKey } from '../idempotency/idempotency-store.ts';
import { lockFunction } from './function-lock.ts';
import { removeAllOf, requireUnused } from './function-removal.ts';
import { keepAnswerWith } from './idempotency-records.ts';
import { recordNamedSecrets } from './secret-records.ts';
import { saysTheSame, toFunction, toFunctionsRow, toVersion, toVersionsRow } from './function-rows.ts';
import type { FunctionsTable, StoreTables } from './schema.ts';

/** Functions and versions in tables of any database that the query builder speaks to. */
export class FunctionRecords implements FunctionStore {
  readonly #database: Kysely<StoreTables>;

  constructor(database: Kysely<StoreTables>) {
    this.#database = database;
  }

  async find(name: string): Promise<DeployedFunction | undefined> {
    return findNewest(this.#database, name);
  }

  async findVersion(name: string, number: number): Promise<FunctionVersion | undefined> {
    const row = await versionsOf(this.#database, name).where('versions.number', '=', number).executeTakeFirst();
    return row && toVersion(row);
  }

  async publish(draft: VersionDraft, answered?: (published: Published) => AnsweredKey): Promise<Published> {
    return this.#database.transaction().execute(async (transaction) => {
      const published = await publishIn(transaction, draft);
      if (answered !== undefined) await keepAnswerWith(transaction, answered(published));
      failpoint('deploy.before_commit');
      return published;
    });
  }

  async list(request: FunctionListRequest): Promise<readonly DeployedFunction[]> {
    const { after } = request;
    const rows = await newestVersions(this.#database)
      .$if(after !== undefined, (query) => query.where('functions.name', '>', after ?? ''))
      .orderBy('functions.name')
      .limit(request.limit)
      .execute();
    return rows.map(toFunction);
  }

  async listVersions(name: string, request: VersionListRequest): Promise<readonly FunctionVersion[]> {
    const { before } = request;
    const rows = await versionsOf(this.#database, name)
      .$if(before !== undefined, (query) => query.where('versions.number', '<', before ?? 0))
      .orderBy('versions.number', 'desc')
      .limit(request.limit)
      .execute();
    return rows.map(toVersion);
  }

  async remove(name: string, precondition?: Precondition): Promise<FunctionId | undefined> {
    return this.#database.transaction().execute(async (transaction) => {
      const fn = await lockFunction(transaction, name);
      if (!fn) return undefined;
      requireHolding(precondition, tagOf(fn), `function ${name}`);
      await removeAllOf(transaction, fn.id);
      failpoint('remove.before_commit');
      return fn.id as FunctionId;
    });
  }

  async removeVersion(name: string, number: number, precondition?: Precondition): Promise<FunctionId> {
    return this.#database.transaction().execute(async (transaction) => {
      const fn = await lockFunction(transaction, name);
      if (!fn) throw functionNotThere(name);
      requireHolding(precondition, tagOf(fn), `function ${name}`);
      // Deleted before it is looked for: work that is being accepted meanwhile has been seen then, or finds no version.
      const { numDeletedRows } = await transaction
        .deleteFrom('versions')
        .where('function_id', '=', fn.id)
        .where('number', '=', number)
        .executeTakeFirst();
      if (numDeletedRows === 0n) throw versionNotThere(name, number, fn.latest_number);
      await requireUnused(transaction, fn, number);
      await transaction
        .deleteFrom('version_secrets')
        .where('function_id', '=', fn.id)
        .where('number', '=', number)
        .execute();
      return fn.id as FunctionId;
    });
  }

  async artifactHashesInUse(): Promise<ReadonlySet<ArtifactHash>> {
    const rows = await this.#database.selectFrom('versions').select('artifact_hash').distinct().execute();
    return new Set(rows.map((row) => row.artifact_hash as ArtifactHash));
  }
}

async function publishIn(transaction: Transaction<StoreTables>, draft: VersionDraft): Promise<Published> {
  await requireItsRuntime(transaction, draft);
  const fn = await claim(transaction, draft);
  failpoint('deploy.name_claimed');
  const isNew = fn.latest_number === 0;
  requireHolding(draft.precondition, isNew ? undefined : tagOf(fn), `function ${fn.name}`);
  await requireItsCode(transaction, fn, draft);
  if (isNew) return { outcome: 'created', fn: await append(transaction, fn, draft) };
  const newest = await findNewest(transaction, draft.functionName);
  if (newest && saysTheSame(newest.latest, draft)) return { outcome: 'unchanged', fn: newest };
  return { outcome: 'updated', fn: await append(transaction, fn, draft) };
}

/** Removing a runtime looks for its versions in a transaction as well: so none is left without the other. */
async function requireItsRuntime(transaction: Transaction<StoreTables>, draft: VersionDraft): Promise<void> {
  const name = draft.config.runtime;
  if (draft.usesCustomRuntime !== true) return;
  const found = await transaction.selectFrom('runtimes').select('name').where('name', '=', name).executeTakeFirst();
  if (found !== undefined) return;
  throw new SraasError('RUNTIME_NOT_FOUND', `The runtime ${name} was removed meanwhile.`, {
    violations: [{ pointer: '/runtime', message: 'names a runtime that was removed meanwhile' }],
  });
}

/** The function's row, made if there was none, and held against other writers until the transaction ends. */
async function claim(transaction: Transaction<StoreTables>, draft: VersionDraft): Promise<FunctionsTable> {
  await transaction
    .insertInto('functions')
    .values(toFunctionsRow(randomUUID(), draft))
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const fn = await lockFunction(transaction, draft.functionName);
  if (!fn) throw new Error('a function vanished between being made and being locked');
  return fn;
}

/** The code of a version that was removed meanwhile may be collected at any time. */
async function requireItsCode(
  transaction: Transaction<StoreTables>,
  fn: FunctionsTable,
  { copiedFrom, artifactHash }: VersionDraft,
): Promise<void> {
  if (copiedFrom === undefined) return;
  const found = await transaction
    .selectFrom('versions')
    .select('number')
    .where('function_id', '=', fn.id)
    .where('number', '=', copiedFrom)
    .where('artifact_hash', '=', artifactHash)
    .executeTakeFirst();
  if (found === undefined) throw versionNotThere(fn.name, copiedFrom, fn.latest_number);
}

function tagOf(fn: FunctionsTable): string {
  return functionTag(fn.id as FunctionId, fn.latest_number);
}

async function append(
  transaction: Transaction<StoreTables>,
  fn: FunctionsTable,
  draft: VersionDraft,
): Promise<DeployedFunction> {
  const version = toVersionsRow(fn.id, fn.latest_number + 1, draft);
  await transaction.insertInto('versions').values(version).execute();
  await recordNamedSecrets(transaction, { functionId: fn.id, number: version.number, config: draft.config });
  failpoint('deploy.version_inserted');
  await transaction
    .updateTable('functions')
    .set({ latest_number: version.number, updated_at: version.created_at })
    .where('id', '=', fn.id)
    .execute();
  return toFunction({
    ...version,
    function_name: fn.name,
    function_created_at: fn.created_at,
    function_updated_at: version.created_at,
  });
}

async function findNewest(database: Kysely<StoreTables>, name: string): Promise<DeployedFunction | undefined> {
  const row = await newestVersions(database).where('functions.name', '=', name).executeTakeFirst();
  return row && toFunction(row);
}

function versionsOf(database: Kysely<StoreTables>, name: string) {
  return database
    .selectFrom('functions')
    .innerJoin('versions', 'versions.function_id', 'functions.id')
    .selectAll('versions')
    .select('functions.name as function_name')
    .where('functions.name', '=', name);
}

function newestVersions(database: Kysely<StoreTables>) {
  return database
    .selectFrom('functions')
    .innerJoin('versions', (join) =>
      join.onRef('versions.function_id', '=', 'functions.id').onRef('versions.number', '=', 'functions.latest_number'),
    )
    .selectAll('versions')
    .select([
      'functions.name as function_name',
      'functions.created_at as function_created_at',
      'functions.updated_at as function_updated_at',
    ]);
}
