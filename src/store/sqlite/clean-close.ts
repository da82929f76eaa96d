import { readFile, rm, stat, writeFile } from 'node:fs/promises';

/**
 * Notes beside a database that has been closed how it was left. A check of every page reads the whole file, which takes seconds
 * where there is much history; it is of use after a crash, and after somebody else has written to the file.
 */
export async function noteCleanClose(path: string): Promise<void> {
  try {
    // A log that is left means that it was not closed whole.
    if ((await stateOf(`${path}-wal`)) === undefined) await writeFile(noteOf(path), (await stateOf(path)) ?? '');
  } catch {
    // Without a note the next start looks through all of it.
  }
}

/** Whether a database is as it was left when it was closed. The note is used up: it says nothing about a later crash. */
export async function wasClosedCleanly(path: string): Promise<boolean> {
  const note = await readFile(noteOf(path), 'utf8').catch(() => undefined);
  await rm(noteOf(path), { force: true });
  const log = await stateOf(`${path}-wal`);
  return note !== undefined && note !== '' && log === undefined && note === (await stateOf(path));
}

function noteOf(path: string): string {
  return `${path}.closed`;
}

/** What any write to a file changes; undefined where there is none. */
async function stateOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}\n`;
}
