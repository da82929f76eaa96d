import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const directory = join(import.meta.dirname, '..', 'fixtures', 'attacks');

/** A handler's source with programs of `test/fixtures/attacks/` beside it, which it can import. */
export async function attackFiles(
  main: string,
  ...besides: readonly string[]
): Promise<{ readonly files: Readonly<Record<string, string>> }> {
  const read = await Promise.all(besides.map(async (name) => [name, await readFile(join(directory, name), 'utf8')]));
  return { files: { 'main.mjs': main, ...(Object.fromEntries(read) as Record<string, string>) } };
}
