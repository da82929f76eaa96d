import type { Kysely, Transaction } from 'kysely';
import { SraasError, type Violation } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import { isSameTarget, versionsOf, type Alias, type AliasTarget } from '../functions/alias.ts';
import {
  mostAliases,
  type AliasDraft,
  type AliasRollback,
  type AliasStore,
  type ChangedAlias,
} from '../functions/alias-store.ts';
import { invalidAlias } from '../functions/alias-target.ts';
import { tagOfAlias } from '../functions/entity-tag.ts';
import { aliasNotThere, functionNotThere } from '../functions/not-there.ts';
import { requireHolding, type Precondition } from '../functions/precondition.ts';
import { toAlias, toPreviousColumn, toTargetColumns } from './alias-rows.ts';
import { lockFunction } from './function-lock.ts';
import type { FunctionsTable, StoreTables } from './schema.ts';

/** Aliases in a table of any database that the query builder speaks to. */
export class AliasRecords implements AliasStore {
  readonly #database: Kysely<StoreTables>;

  constructor(database: Kysely<StoreTables>) {
    this.#database = database;
  }

  async find(functionName: string, name: string): Promise<Alias | undefined> {
    return findAlias(this.#database, functionName, name);
  }

  async list(functionName: string): Promise<readonly Alias[]> {
    const rows = await aliasesOf(this.#database, functionName).orderBy('aliases.name').execute();
    return rows.map(toAlias);
  }

  async all(): Promise<readonly Alias[]> {
    return (await aliases(this.#database).execute()).map(toAlias);
  }

  async put({ functionName, name, target, precondition, at }: AliasDraft): Promise<ChangedAlias> {
    return this.#change(functionName, name, async (transaction, fn, present) => {
      requireHolding(precondition, present && tagOfAlias(present), `alias ${functionName}:${name}`);
      const missing = await missingVersions(transaction, fn, target);
      if (missing.length > 0) throw invalidAlias(missing);
      if (present !== undefined) {
        if (isSameTarget(present.target, target)) return { alias: present, outcome: 'unchanged' };
        return { alias: await lead(transaction, present, target, at), outcome: 'updated' };
      }
      await requireRoom(transaction, fn);
      const time = at.toISOString();
      await transaction
        .insertInto('aliases')
        .values({
          function_id: fn.id,
          name,
          ...toTargetColumns(target),
          previous: null,
          revision: 1,
          created_at: time,
          updated_at: time,
        })
        .execute();
      return { alias: await findSurely(transaction, functionName, name), outcome: 'created' };
    });
  }

  async rollBack({ functionName, name, target, precondition, at }: AliasRollback): Promise<Alias> {
    return this.#change(functionName, name, async (transaction, fn, present) => {
      if (present === undefined) throw aliasNotThere(functionName, name);
      requireHolding(precondition, tagOfAlias(present), `alias ${functionName}:${name}`);
      const wanted = target ?? present.previous;
      if (wanted === undefined) {
        throw new SraasError(
          'VERSION_NOT_FOUND',
          `The alias ${functionName}:${name} never led elsewhere: say which version it is to lead to.`,
        );
      }
      if ((await missingVersions(transaction, fn, wanted)).length > 0) {
        throw new SraasError(
          'VERSION_NOT_FOUND',
          `The alias ${functionName}:${name} cannot go back to version ${versionsOf(wanted).join(' and ')}, which is not ` +
            'there: say which version it is to lead to.',
        );
      }
      return isSameTarget(present.target, wanted) ? present : lead(transaction, present, wanted, at);
    });
  }

  async remove(functionName: string, name: string, precondition?: Precondition): Promise<Alias> {
    return this.#change(functionName, name, async (transaction, fn, present) => {
      if (present === undefined) throw aliasNotThere(functionName, name);
      requireHolding(precondition, tagOfAlias(present), `alias ${functionName}:${name}`);
      await transaction.deleteFrom('aliases').where('function_id', '=', fn.id).where('name', '=', name).execute();
      return present;
    });
  }

  /** One transaction about an alias, with its function's row held. */
  async #change<Result>(
    functionName: string,
    name: string,
    change: (transaction: Transaction<StoreTables>, fn: FunctionsTable, present: Alias | undefined) => Promise<Result>,
  ): Promise<Result> {
    return this.#database.transaction().execute(async (transaction) => {
      const fn = await lockFunction(transaction, functionName);
      if (!fn) throw functionNotThere(functionName);
      const changed = await change(transaction, fn, await findAlias(transaction, functionName, name));
      failpoint('alias.put_before_commit');
      return changed;
    });
  }
}

/** Lets an alias lead elsewhere, and remembers where it led. */
async function lead(
  transaction: Transaction<StoreTables>,
  present: Alias,
  target: AliasTarget,
  at: Date,
): Promise<Alias> {
  await transaction
    .updateTable('aliases')
    .set({
      ...toTargetColumns(target),
      previous: toPreviousColumn(present.target),
      revision: present.revision + 1,
      updated_at: at.toISOString(),
    })
    .where('function_id', '=', present.functionId)
    .where('name', '=', present.name)
    .execute();
  return findSurely(transaction, present.functionName, present.name);
}

/** What is wrong with a target whose versions are not all there. */
async function missingVersions(
  transaction: Transaction<StoreTables>,
  fn: FunctionsTable,
  target: AliasTarget,
): Promise<readonly Violation[]> {
  const wanted = versionsOf(target);
  const rows = await transaction
    .selectFrom('versions')
    .select('number')
    .where('function_id', '=', fn.id)
    .where('number', 'in', wanted)
    .execute();
  return wanted
    .filter((number) => !rows.some((row) => row.number === number))
    .map((number) => ({
      pointer: number === target.version ? '/version' : '/other_version',
      message: `must be a version of ${fn.name}, which has no version ${number}`,
    }));
}

async function requireRoom(transaction: Transaction<StoreTables>, fn: FunctionsTable): Promise<void> {
  const { count } = await transaction
    .selectFrom('aliases')
    .select((expression) => expression.fn.countAll().as('count'))
    .where('function_id', '=', fn.id)
    .executeTakeFirstOrThrow();
  if (Number(count) < mostAliases) return;
  throw invalidAlias([
    { pointer: '', message: `would be one too many: a function has at most ${mostAliases} aliases` },
  ]);
}

async function findAlias(
  database: Kysely<StoreTables>,
  functionName: string,
  name: string,
): Promise<Alias | undefined> {
  const row = await aliasesOf(database, functionName).where('aliases.name', '=', name).executeTakeFirst();
  return row && toAlias(row);
}

async function findSurely(transaction: Transaction<StoreTables>, functionName: string, name: string): Promise<Alias> {
  return toAlias(await aliasesOf(transaction, functionName).where('aliases.name', '=', name).executeTakeFirstOrThrow());
}

function aliasesOf(database: Kysely<StoreTables>, functionName: string) {
  return aliases(database).where('functions.name', '=', functionName);
}

function aliases(database: Kysely<StoreTables>) {
  return database
    .selectFrom('functions')
    .innerJoin('aliases', 'aliases.function_id', 'functions.id')
    .selectAll('aliases')
    .select('functions.name as function_name');
}
