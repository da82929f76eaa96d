import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';

/** A file of a build context: its name there, and where its bytes are on this machine. */
export interface ContextFile {
  readonly name: string;
  readonly source: string;
  readonly executable?: boolean;
}

/** Packs files into the tar that a build reads. Dates are fixed, so that the engine's build cache sees equal files as equal. */
export function buildContext(files: readonly ContextFile[]): Readable {
  const tar = pack();
  addAll(tar, files).then(
    () => {
      tar.finalize();
    },
    (error: unknown) => {
      tar.destroy(error instanceof Error ? error : new Error(String(error)));
    },
  );
  return Readable.from(tar, { objectMode: false });
}

/** The files of a recipe folder as a build context. */
export async function recipeContext(directory: string): Promise<Readable> {
  const names = await readdir(directory);
  return buildContext(names.sort().map((name) => ({ name, source: join(directory, name) })));
}

async function addAll(tar: Pack, files: readonly ContextFile[]): Promise<void> {
  for (const { name, source, executable } of files) {
    const { size } = await stat(source);
    const entry = tar.entry({ name, size, mode: executable === true ? 0o755 : 0o644, mtime: new Date(0) });
    await pipeline(createReadStream(source), entry);
  }
}
