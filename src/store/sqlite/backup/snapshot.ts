import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { isArtifactHash, type ArtifactHash } from '../../../artifacts/artifact-hash.ts';
import { fromSqlite } from '../sqlite-failure.ts';

/** How long the copy waits for a server that is writing. */
const busyTimeoutMs = 30_000;

/** What was found in a copy of the database. */
export interface Snapshot {
  readonly schema: number;
  readonly artifacts: readonly ArtifactHash[];
}

/**
 * Copies a database as it is at one moment, also while a server writes to it, which is not held up: readers and the writer do
 * not wait for each other in this mode. The copy is one file without a log, for this user only.
 * Source: https://www.sqlite.org/lang_vacuum.html (VACUUM INTO), https://www.sqlite.org/wal.html.
 *
 * @param target a file that is not there yet.
 * @throws SraasError `STORE_UNAVAILABLE`, `INSUFFICIENT_STORAGE`.
 */
export async function copyDatabase(source: string, target: string): Promise<Snapshot> {
  await (await open(target, 'wx', 0o600)).close();
  let database;
  try {
    database = new DatabaseSync(source, { timeout: busyTimeoutMs });
    database.prepare('vacuum into ?').run(target);
  } catch (error) {
    throw fromSqlite(error);
  } finally {
    database?.close();
  }
  const copy = new DatabaseSync(target);
  try {
    return { schema: schemaOf(copy), artifacts: artifactsOf(copy) };
  } finally {
    copy.close();
  }
}

/** SHA-256 of a file, 64 lower-case hex digits. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function schemaOf(database: InstanceType<typeof DatabaseSync>): number {
  return (database.prepare('pragma user_version').get() as { readonly user_version: number }).user_version;
}

/** A database that no server has opened since an update lacks the newer tables. */
function artifactsOf(database: InstanceType<typeof DatabaseSync>): readonly ArtifactHash[] {
  const hashes = new Set<ArtifactHash>();
  for (const [table, column] of [
    ['versions', 'artifact_hash'],
    ['images', 'context_hash'],
  ] as const) {
    const isThere: unknown = database
      .prepare("select 1 from sqlite_master where type = 'table' and name = ?")
      .get(table);
    if (isThere === undefined) continue;
    const rows: unknown[] = database.prepare(`select distinct ${column} as hash from ${table}`).all();
    for (const { hash } of rows as { readonly hash: unknown }[]) {
      if (typeof hash === 'string' && isArtifactHash(hash)) hashes.add(hash);
    }
  }
  return [...hashes].sort();
}
