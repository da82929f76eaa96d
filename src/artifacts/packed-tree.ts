import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import type { HashedFile } from './artifact-file.ts';
import type { ArtifactHash } from './artifact-hash.ts';
import { artifactHash, inListingOrder } from './canonical-listing.ts';

/** One time for all, as in the trees: the same code gives the same bytes wherever it is packed. */
const fixedTime = new Date('2000-01-01T00:00:00Z');

/** A kept artifact's folder as a tar, to be sent to where its own files are not. The same code gives the same bytes. */
export async function* packedTree(directory: string): AsyncGenerator<Buffer, void, undefined> {
  const tar = pack();
  const filling = addTree(tar, directory, (path) => path).then(
    () => {
      tar.finalize();
    },
    (error: unknown) => {
      tar.destroy(error instanceof Error ? error : new Error(String(error)));
    },
  );
  // The library's types leave open what the chunks are.
  for await (const chunk of tar as AsyncIterable<unknown> as AsyncIterable<Buffer>) yield chunk;
  await filling;
}

/** Adds all files of a folder to a tar, each under a name made of its path. @returns the hash of what was read. */
export async function addTree(tar: Pack, directory: string, nameOf: (path: string) => string): Promise<ArtifactHash> {
  const files: HashedFile[] = [];
  for (const { path } of inListingOrder(await filesIn(directory))) {
    const order = { name: nameOf(path), source: join(directory, path), mtime: fixedTime };
    files.push({ path, ...(await addFile(tar, order)) });
  }
  return artifactHash(files);
}

interface FileOrder {
  readonly name: string;
  readonly source: string;
  readonly mtime: Date;
}

/** Adds one file to a tar. A link is not followed. @returns what was read. */
export async function addFile(tar: Pack, { name, source, mtime }: FileOrder): Promise<Omit<HashedFile, 'path'>> {
  const file = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size: sizeBytes, mode } = await file.stat();
    const executable = (mode & 0o111) !== 0;
    const hash = createHash('sha256');
    const entry = tar.entry({ name, size: sizeBytes, mode: executable ? 0o755 : 0o600, mtime, uid: 0, gid: 0 });
    await pipeline(
      createReadStream('', { fd: file.fd, autoClose: false }),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      entry,
    );
    return { sizeBytes, executable, contentHash: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

async function filesIn(directory: string): Promise<readonly { readonly path: string }[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => ({ path: relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/') }));
}
