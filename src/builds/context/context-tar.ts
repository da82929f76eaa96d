import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import type { ContextEntry } from './context-files.ts';

/** One time for everything: when it was uploaded is no part of what is built. */
const fixedTime = new Date('2000-01-01T00:00:00Z');
const owner = { uid: 0, gid: 0, mtime: fixedTime } as const;

export interface ContextPlan {
  /** Undefined when nothing is copied from it. */
  readonly directory: string | undefined;
  readonly entries: readonly ContextEntry[];
  readonly dockerfile: { readonly path: string; readonly text: string };
}

/**
 * Packs a build context for the engine. Only files and folders come out, with two modes, one owner and one time, whatever they had.
 * The Dockerfile is taken away by the engine before the first step, so that COPY cannot see it.
 */
export function contextTar(plan: ContextPlan): Readable {
  const tar = pack();
  addAll(tar, plan).then(
    () => {
      tar.finalize();
    },
    (error: unknown) => {
      tar.destroy(error instanceof Error ? error : new Error(String(error)));
    },
  );
  return Readable.from(tar, { objectMode: false });
}

async function addAll(tar: Pack, { directory, entries, dockerfile }: ContextPlan): Promise<void> {
  tar.entry({ ...owner, name: dockerfile.path, mode: 0o644 }, dockerfile.text);
  // The engine removes from a context what its ignore file names, and it only looks there for these two.
  tar.entry({ ...owner, name: '.dockerignore', mode: 0o644 }, `.dockerignore\n${dockerfile.path}\n`);
  if (directory === undefined) return;
  for (const { path, kind, sizeBytes, executable } of entries) {
    const mode = executable ? 0o755 : 0o644;
    if (kind === 'folder') tar.entry({ ...owner, name: path, type: 'directory', mode });
    else await addFile(tar, { source: join(directory, path), name: path, sizeBytes, mode });
  }
}

async function addFile(
  tar: Pack,
  { source, name, sizeBytes, mode }: { source: string; name: string; sizeBytes: number; mode: number },
): Promise<void> {
  const file = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const entry = tar.entry({ ...owner, name, size: sizeBytes, mode });
    await pipeline(file.createReadStream({ autoClose: false }), entry);
  } finally {
    await file.close();
  }
}
