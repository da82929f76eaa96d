import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { HashedFile } from '../../src/artifacts/artifact-file.ts';
import type { ArtifactHash } from '../../src/artifacts/artifact-hash.ts';
import { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { artifactHash } from '../../src/artifacts/canonical-listing.ts';
import { defaultArtifactLimits } from '../../src/artifacts/upload.ts';
import type { Place, Row } from './places.ts';

/**
 * What is wrong with a place that no server uses any more. Collects the code that nobody refers to.
 *
 * @param isAlone false where others brought code as well: then not all of it need be here.
 */
export async function inspectPlace(place: Place, instanceId: string, isAlone = true): Promise<readonly string[]> {
  const { directory } = place;
  const faults = [...(await place.examine()), ...(await gapsInVersions(place))];
  for (const folder of ['staging', 'prepared']) {
    const left = await readdir(join(directory, folder));
    if (left.length > 0) faults.push(`${folder} holds ${left.length} leftovers`);
  }
  const halfMade = (await readdir(directory)).filter((name) => name.endsWith('.new'));
  if (halfMade.length > 0) faults.push(`half-made files are left: ${halfMade.join(', ')}`);
  const runDirectory = join('/run/sraas', instanceId.slice(0, 12));
  if (existsSync(runDirectory)) faults.push(`${runDirectory} is left`);
  return [...faults, ...(await inspectCode(place, isAlone))];
}

async function gapsInVersions(place: Place): Promise<readonly string[]> {
  const rows = await place.query(
    `select functions.name as name, functions.latest_number as latest, count(versions.number) as count,
       min(versions.number) as first, max(versions.number) as last
     from functions left join versions on versions.function_id = functions.id group by functions.id`,
  );
  const hasGaps = (row: Row): boolean => {
    // PostgreSQL's counts come as text.
    const [latest, count, first, last] = ['latest', 'count', 'first', 'last'].map((name) => Number(row[name]));
    return first !== 1 || last !== latest || count !== latest;
  };
  return rows.filter(hasGaps).map((row) => `there are gaps in the versions: ${JSON.stringify(row)}`);
}

async function inspectCode(place: Place, isAlone: boolean): Promise<readonly string[]> {
  const rows = await place.query('select distinct artifact_hash from versions');
  const inUse = new Set(rows.map((row) => row['artifact_hash'] as ArtifactHash));
  const artifacts = new ArtifactStore(place.directory, defaultArtifactLimits);
  await artifacts.open();
  await artifacts.collect(inUse, -1);
  await artifacts.close();
  const kept = await readdir(join(place.directory, 'artifacts'));
  const faults: string[] = [];
  const strangers = kept.filter((name) => !inUse.has(name as ArtifactHash));
  if (strangers.length > 0) faults.push(`the collection left ${strangers.join(', ')}`);
  for (const hash of inUse) {
    if (!kept.includes(hash)) {
      if (isAlone) faults.push(`the code ${hash} is gone`);
    } else if ((await hashOf(artifacts.directoryOf(hash))) !== hash) faults.push(`the code ${hash} is not whole`);
  }
  return faults;
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
