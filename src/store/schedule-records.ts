import type { Kysely, Transaction } from 'kysely';
import type { AcceptedWork } from '../async/work.ts';
import { SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import { functionNotThere } from '../functions/not-there.ts';
import type { Schedule } from '../schedules/schedule.ts';
import { mostSchedules, type Move, type ScheduleDraft, type ScheduleStore } from '../schedules/schedule-store.ts';
import { insertAcceptedWork } from './accepted-work.ts';
import { lockFunction } from './function-lock.ts';
import { definitionToText, toSchedule } from './schedule-rows.ts';
import type { StoreTables } from './schema.ts';

/** Schedules in a table of any database that the query builder speaks to. */
export class ScheduleRecords implements ScheduleStore {
  readonly #database: Kysely<StoreTables>;

  constructor(database: Kysely<StoreTables>) {
    this.#database = database;
  }

  async put(draft: ScheduleDraft): Promise<{ readonly outcome: 'created' | 'updated'; readonly schedule: Schedule }> {
    const { functionName, name, definition, envelope, nextAt, at } = draft;
    return this.#database.transaction().execute(async (transaction) => {
      const fn = await lockFunction(transaction, functionName);
      if (fn === undefined) throw functionNotThere(functionName);
      const columns = {
        definition: definitionToText(definition),
        envelope,
        next_at: nextAt?.toISOString() ?? null,
        problem: null,
        updated_at: at.toISOString(),
      };
      const { numUpdatedRows } = await transaction
        .updateTable('schedules')
        .set((column) => ({ ...columns, revision: column('revision', '+', 1) }))
        .where('function_id', '=', fn.id)
        .where('name', '=', name)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) {
        await requireRoom(transaction, fn.id);
        await transaction
          .insertInto('schedules')
          .values({
            function_id: fn.id,
            name,
            ...columns,
            last_at: null,
            last_invocation_id: null,
            skipped: 0,
            revision: 1,
            created_at: columns.updated_at,
          })
          .execute();
      }
      const row = await schedules(transaction)
        .where('schedules.function_id', '=', fn.id)
        .where('schedules.name', '=', name)
        .executeTakeFirstOrThrow();
      failpoint('schedule.put_before_commit');
      return { outcome: numUpdatedRows === 0n ? 'created' : 'updated', schedule: toSchedule(row) };
    });
  }

  async find(functionName: string, name: string): Promise<Schedule | undefined> {
    const row = await named(this.#database, functionName, name).executeTakeFirst();
    return row && toSchedule(row);
  }

  async list(functionName: string): Promise<readonly Schedule[]> {
    const rows = await schedules(this.#database)
      .where('functions.name', '=', functionName)
      .orderBy('schedules.name')
      .execute();
    return rows.map(toSchedule);
  }

  async remove(functionName: string, name: string): Promise<boolean> {
    const { numDeletedRows } = await this.#database
      .deleteFrom('schedules')
      .where('name', '=', name)
      .where('function_id', 'in', (query) =>
        query.selectFrom('functions').select('id').where('name', '=', functionName),
      )
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  async setEnabled(
    functionName: string,
    name: string,
    { enabled, nextAt, at }: { readonly enabled: boolean; readonly nextAt: Date | undefined; readonly at: Date },
  ): Promise<Schedule | undefined> {
    return this.#database.transaction().execute(async (transaction) => {
      await lockFunction(transaction, functionName);
      const row = await named(transaction, functionName, name).executeTakeFirst();
      if (row === undefined) return undefined;
      const schedule = toSchedule(row);
      const changed = {
        definition: definitionToText({ ...schedule.definition, enabled }),
        next_at: nextAt?.toISOString() ?? null,
        updated_at: at.toISOString(),
        revision: row.revision + 1,
      };
      await transaction
        .updateTable('schedules')
        .set(changed)
        .where('function_id', '=', row.function_id)
        .where('name', '=', name)
        .execute();
      return toSchedule({ ...row, ...changed });
    });
  }

  async due(now: Date, limit: number): Promise<readonly Schedule[]> {
    const rows = await schedules(this.#database)
      .where('schedules.next_at', '<=', now.toISOString())
      .orderBy('schedules.next_at')
      .limit(limit)
      .execute();
    return rows.map(toSchedule);
  }

  async nextDue(): Promise<Date | undefined> {
    const row = await this.#database
      .selectFrom('schedules')
      .select('next_at')
      .where('next_at', 'is not', null)
      .orderBy('next_at')
      .limit(1)
      .executeTakeFirst();
    const nextAt = row?.next_at ?? undefined;
    return nextAt === undefined ? undefined : new Date(nextAt);
  }

  async waiting(now: Date, after: Schedule | undefined, limit: number): Promise<readonly Schedule[]> {
    const rows = await schedules(this.#database)
      .where('schedules.next_at', '>', now.toISOString())
      .$if(after !== undefined, (query) =>
        query.where((where) =>
          where.or([
            where('schedules.function_id', '>', after?.functionId ?? ''),
            where.and([
              where('schedules.function_id', '=', after?.functionId ?? ''),
              where('schedules.name', '>', after?.name ?? ''),
            ]),
          ]),
        ),
      )
      .orderBy('schedules.function_id')
      .orderBy('schedules.name')
      .limit(limit)
      .execute();
    return rows.map(toSchedule);
  }

  async run(move: Move, work: AcceptedWork): Promise<'accepted' | 'skipped' | 'lost'> {
    return this.#database.transaction().execute(async (transaction) => {
      const { schedule } = move;
      if (!(await take(transaction, move))) return 'lost';
      if (schedule.definition.overlap === 'skip' && (await hasNotEnded(transaction, schedule.lastInvocationId))) {
        await change(transaction, schedule)
          .set((column) => ({ skipped: column('skipped', '+', 1) }))
          .execute();
        return 'skipped';
      }
      await change(transaction, schedule)
        .set({ last_at: schedule.nextAt?.toISOString() ?? null, last_invocation_id: work.record.id })
        .execute();
      failpoint('schedule.taken');
      await insertAcceptedWork(transaction, work);
      return 'accepted';
    });
  }

  async move(move: Move): Promise<boolean> {
    return this.#database.transaction().execute((transaction) => take(transaction, move));
  }
}

/** Sets the next time if the schedule is still as it was seen. On databases with row locks others wait here. */
async function take(transaction: Transaction<StoreTables>, { schedule, nextAt, problem }: Move): Promise<boolean> {
  const { numUpdatedRows } = await change(transaction, schedule)
    .set({
      next_at: nextAt?.toISOString() ?? null,
      problem: problem === undefined ? null : JSON.stringify(problem),
    })
    .where('next_at', '=', schedule.nextAt?.toISOString() ?? '')
    .where('revision', '=', schedule.revision)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

function change(transaction: Transaction<StoreTables>, { functionId, name }: Schedule) {
  return transaction.updateTable('schedules').where('function_id', '=', functionId).where('name', '=', name);
}

async function hasNotEnded(transaction: Transaction<StoreTables>, invocationId: string | undefined): Promise<boolean> {
  if (invocationId === undefined) return false;
  const row = await transaction
    .selectFrom('work')
    .select('invocation_id')
    .where('invocation_id', '=', invocationId)
    .where('kind', '=', 'invoke')
    .executeTakeFirst();
  return row !== undefined;
}

async function requireRoom(transaction: Transaction<StoreTables>, functionId: string): Promise<void> {
  const { count } = await transaction
    .selectFrom('schedules')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('function_id', '=', functionId)
    .executeTakeFirstOrThrow();
  if (Number(count) < mostSchedules) return;
  throw new SraasError('INVALID_SCHEDULE', `A function has at most ${mostSchedules} schedules: remove one first.`);
}

function named(database: Kysely<StoreTables>, functionName: string, name: string) {
  return schedules(database).where('functions.name', '=', functionName).where('schedules.name', '=', name);
}

function schedules(database: Kysely<StoreTables>) {
  return database
    .selectFrom('schedules')
    .innerJoin('functions', 'functions.id', 'schedules.function_id')
    .selectAll('schedules')
    .select('functions.name as function_name');
}
