import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { HashedFile } from '../../src/artifacts/artifact-file.ts';
import type { ArtifactHash } from '../../src/artifacts/artifact-hash.ts';
import { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { artifactHash } from '../../src/artifacts/canonical-listing.ts';
import { defaultArtifactLimits } from '../../src/artifacts/upload.ts';

/** What is wrong with a data directory that no server uses any more. Collects the code that nobody refers to. */
export async function inspectDirectory(directory: string, instanceId: string): Promise<readonly string[]> {
  const faults: string[] = [];
  const inUse = inspectDatabase(join(directory, 'sraas.db'), faults);
  for (const folder of ['staging', 'prepared']) {
    const left = await readdir(join(directory, folder));
    if (left.length > 0) faults.push(`${folder} holds ${left.length} leftovers`);
  }
  if (existsSync(join(directory, 'sraas.db.new'))) faults.push('a half-made database is left');
  const runDirectory = join('/run/sraas', instanceId.slice(0, 12));
  if (existsSync(runDirectory)) faults.push(`${runDirectory} is left`);

  const artifacts = new ArtifactStore(directory, defaultArtifactLimits);
  await artifacts.open();
  await artifacts.collect(inUse, -1);
  await artifacts.close();
  const kept = await readdir(join(directory, 'artifacts'));
  const strangers = kept.filter((name) => !inUse.has(name as ArtifactHash));
  if (strangers.length > 0) faults.push(`the collection left ${strangers.join(', ')}`);
  for (const hash of inUse) {
    if (!kept.includes(hash)) faults.push(`the code ${hash} is gone`);
    else if ((await hashOf(artifacts.directoryOf(hash))) !== hash) faults.push(`the code ${hash} is not whole`);
  }
  return faults;
}

/** The code that versions refer to. */
function inspectDatabase(path: string, faults: string[]): ReadonlySet<ArtifactHash> {
  const database = new DatabaseSync(path);
  try {
    const integrity = database.prepare('pragma integrity_check').all() as { integrity_check: string }[];
    if (integrity.some((row) => row.integrity_check !== 'ok')) faults.push(`damaged: ${JSON.stringify(integrity)}`);
    const dangling = database.prepare('pragma foreign_key_check').all();
    if (dangling.length > 0) faults.push(`dangling references: ${JSON.stringify(dangling)}`);
    const counts = database
      .prepare(
        `select functions.name, latest_number, count(*) as count, min(number) as first, max(number) as last
         from functions left join versions on function_id = functions.id group by functions.id`,
      )
      .all() as { name: string; latest_number: number; count: number; first: number; last: number }[];
    for (const { name, latest_number: latest, count, first, last } of counts) {
      if (first !== 1 || last !== latest || count !== latest) faults.push(`${name}: ${count} versions of ${latest}`);
    }
    const rows = database.prepare('select distinct artifact_hash from versions').all() as { artifact_hash: string }[];
    return new Set(rows.map((row) => row.artifact_hash as ArtifactHash));
  } finally {
    database.close();
  }
}

/** The name that the files of a folder have earned. */
async function hashOf(directory: string): Promise<string> {
  const files: HashedFile[] = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { size, mode } = await stat(path);
    const contentHash = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    files.push({ path: relative(directory, path), sizeBytes: size, executable: (mode & 0o100) !== 0, contentHash });
  }
  return artifactHash(files);
}
