import { sql, type Kysely } from 'kysely';
import type { ServerRun, ServerStore } from '../../servers/server-store.ts';
import type { StoreTables } from '../schema.ts';

/** The database's time, so long ago, written as all times are. */
const moment = (agoMs = 0) =>
  sql<string>`to_char((clock_timestamp() - ${agoMs} * interval '1 millisecond') at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The servers that share a PostgreSQL, by its clock. No statement waits for others' transactions on other tables. */
export class ServerRecords implements ServerStore {
  readonly #database: Kysely<StoreTables>;

  constructor(database: Kysely<StoreTables>) {
    this.#database = database;
  }

  async announce({ instanceId, runId, host }: ServerRun): Promise<void> {
    const row = { run_id: runId, host, started_at: moment(), seen_at: moment() };
    await this.#database
      .insertInto('servers')
      .values({ instance_id: instanceId, ...row })
      .onConflict((conflict) => conflict.column('instance_id').doUpdateSet(row))
      .execute();
  }

  async beat(run: ServerRun): Promise<boolean> {
    const { instanceId, runId } = run;
    const { numUpdatedRows } = await this.#database
      .updateTable('servers')
      .set({ seen_at: moment() })
      .where('instance_id', '=', instanceId)
      .where('run_id', '=', runId)
      .executeTakeFirst();
    if (numUpdatedRows > 0n) return true;
    const other = await this.#database
      .selectFrom('servers')
      .select('run_id')
      .where('instance_id', '=', instanceId)
      .executeTakeFirst();
    // Forgotten while this server could not reach the database for very long.
    if (other === undefined) await this.announce(run);
    return other === undefined || other.run_id === runId;
  }

  async leave({ instanceId, runId }: ServerRun): Promise<void> {
    await this.#database
      .deleteFrom('servers')
      .where('instance_id', '=', instanceId)
      .where('run_id', '=', runId)
      .execute();
  }

  async unseen(forMs: number): Promise<readonly string[]> {
    const rows = await this.#database
      .selectFrom('servers')
      .select('instance_id')
      .where('seen_at', '<', moment(forMs))
      .execute();
    return rows.map((row) => row.instance_id);
  }

  async wasSeen(runId: string, withinMs: number): Promise<boolean> {
    const row = await this.#database
      .selectFrom('servers')
      .select('run_id')
      .where('run_id', '=', runId)
      .where('seen_at', '>=', moment(withinMs))
      .executeTakeFirst();
    return row !== undefined;
  }

  async forget(unseenForMs: number): Promise<void> {
    await this.#database.deleteFrom('servers').where('seen_at', '<', moment(unseenForMs)).execute();
  }
}
