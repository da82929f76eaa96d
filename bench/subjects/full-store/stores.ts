import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { startPostgres } from '../../../test/support/postgres/server.ts';
import { fill } from './fill.ts';

/** Two stores of one kind, to compare servers on them. */
export interface Stores extends AsyncDisposable {
  /** Settings of a server on the store that is filled. */
  readonly full: readonly string[];
  /** Settings of a server on the other. */
  readonly empty: readonly string[];
  /** Fills it, by the pattern of a function that was deployed there; no server may run on it. */
  fill(functionName: string): Promise<void>;
}

export async function sqliteStores(): Promise<Stores> {
  const path = await mkdtemp(join(tmpdir(), 'sraas-bench-full-'));
  return {
    full: ['--data-dir', path],
    empty: [],
    fill: async (functionName) => {
      const database = new DatabaseSync(join(path, 'sraas.db'));
      try {
        database.exec('pragma synchronous = off; pragma cache_size = -200000; begin immediate');
        await fill(
          {
            columns: (table) => {
              const rows = database.prepare(`pragma table_info(${table})`).all() as { readonly name: string }[];
              return Promise.resolve(rows.map(({ name }) => name));
            },
            run: (statement) => {
              database.exec(statement);
              return Promise.resolve();
            },
            hex: (number, digits) => `printf('%0${digits}x', ${number})`,
            time: (milliseconds) => `strftime('%Y-%m-%dT%H:%M:%fZ', ${milliseconds} / 1000.0, 'unixepoch')`,
          },
          functionName,
        );
        database.exec('commit');
      } finally {
        database.close();
      }
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** On one PostgreSQL that writes to the disk what it has promised, as one that is relied on does. */
export async function postgresStores(): Promise<Stores> {
  const postgres = await startPostgres({ fsync: 'on', full_page_writes: 'on', shared_buffers: '128MB' });
  await postgres.createDatabase('full');
  await postgres.createDatabase('empty');
  const run = (statement: string): Promise<readonly Record<string, unknown>[]> => postgres.query('full', statement);
  return {
    full: ['--database-url', postgres.url('full')],
    empty: ['--database-url', postgres.url('empty')],
    fill: async (functionName) => {
      await fill(
        {
          columns: async (table) => {
            const rows = await run(
              `select column_name from information_schema.columns where table_name = '${table}' order by ordinal_position`,
            );
            return rows.map(({ column_name: name }) => String(name));
          },
          run,
          hex: (number, digits) => `lpad(to_hex(${number}), ${digits}, '0')`,
          time: (milliseconds) =>
            `to_char(to_timestamp(${milliseconds} / 1000.0) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
        },
        functionName,
      );
      // What it does by itself some time after.
      await run('vacuum analyze');
    },
    [Symbol.asyncDispose]: () => postgres.stop(),
  };
}
