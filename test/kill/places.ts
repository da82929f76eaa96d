import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { PostgresServer } from '../support/postgres/server.ts';
import type { StoreKind } from '../support/store-kind.ts';

export type Row = Readonly<Record<string, unknown>>;

/** Where servers keep their state: a data directory, and with PostgreSQL a database beside it. */
export interface Place {
  readonly kind: StoreKind;
  readonly directory: string;
  /** Settings of a server that is to use it. */
  readonly flags: readonly string[];
  /** Runs a statement that both databases understand, while no server uses it. */
  query(statement: string): Promise<readonly Row[]>;
  /** What the database's own examination finds wrong. */
  examine(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

/** Makes an empty place. */
export type NewPlace = () => Promise<Place>;

export async function newSqlitePlace(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-kill-'));
  const query = (statement: string): Promise<readonly Row[]> => {
    const database = new DatabaseSync(join(directory, 'sraas.db'));
    try {
      return Promise.resolve(database.prepare(statement).all() as Row[]);
    } finally {
      database.close();
    }
  };
  return {
    kind: 'sqlite',
    directory,
    flags: ['--data-dir', directory],
    query,
    examine: async () => {
      const damage = (await query('pragma integrity_check')).filter((row) => row['integrity_check'] !== 'ok');
      const dangling = await query('pragma foreign_key_check');
      return [...damage, ...dangling].map((row) => `the database is damaged: ${JSON.stringify(row)}`);
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** On a PostgreSQL that is there, which looks after its own soundness. */
export function newPostgresPlace(postgres: PostgresServer): NewPlace {
  return async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sraas-kill-'));
    const database = `kill_${randomBytes(6).toString('hex')}`;
    await postgres.createDatabase(database);
    return {
      kind: 'postgres',
      directory,
      flags: ['--data-dir', directory, '--database-url', postgres.url(database)],
      query: (statement) => postgres.query(database, statement),
      examine: () => Promise.resolve([]),
      remove: async () => {
        await postgres.dropDatabase(database);
        await rm(directory, { recursive: true, force: true });
      },
    };
  };
}
