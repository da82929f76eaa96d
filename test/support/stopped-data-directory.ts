import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What a server that ran functions leaves in its data directory when it stops: nothing of any sandbox or upload. */
export const keptByStoppedServer: readonly string[] = [
  'artifacts',
  'dependencies',
  'lock',
  'prepared',
  'reserve',
  'sraas.db',
  'sraas.db.closed',
  'staging',
];

/** The names in a data directory, with those in the folders that are to be empty when no server runs. */
export async function namesIn(dataDirectory: string): Promise<readonly string[]> {
  const names = await readdir(dataDirectory);
  for (const folder of ['prepared', 'staging']) {
    for (const name of await readdir(join(dataDirectory, folder))) names.push(`${folder}/${name}`);
  }
  return names.sort();
}
