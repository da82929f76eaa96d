import { createHash } from 'node:crypto';
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { access, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import type { HashedFile } from '../../../artifacts/artifact-file.ts';
import type { ArtifactHash } from '../../../artifacts/artifact-hash.ts';
import { artifactHash } from '../../../artifacts/canonical-listing.ts';
import { syncDirectory } from '../../data-directory.ts';
import { findDatabase } from '../database-file.ts';
import { BackupError } from './backup-error.ts';
import { artifactEntry, entryNames, manifestText, type BackupManifest } from './backup-layout.ts';
import { copyDatabase, fileHash } from './snapshot.ts';

export interface BackupOrder {
  readonly dataDirectory: string;
  /** Where the backup goes; not there yet, unless it is to be replaced. */
  readonly file: string;
  readonly replace: boolean;
  /** Whether the key that secrets are encrypted with goes along, where the data directory has it. */
  readonly withSecretsKey: boolean;
}

export interface WrittenBackup {
  readonly sizeBytes: number;
  readonly artifacts: number;
  readonly hasSecretsKey: boolean;
}

/**
 * Writes all state of a data directory into one tar, also while a server uses it: the database as it is at one moment, and
 * the code that it refers to, each piece compared with its hash. The file appears under its name when all of it is on the disk.
 *
 * @throws BackupError when the file is there already, or code is missing or damaged; SraasError what the database throws.
 */
export async function writeBackup(order: BackupOrder): Promise<WrittenBackup> {
  const { dataDirectory, file, replace } = order;
  const source = await findDatabase(dataDirectory);
  if (!replace && (await isThere(file))) {
    throw new BackupError(`${file} is there already: choose another name, or replace it with --force.`);
  }
  const copy = `${file}.database`;
  const unfinished = `${file}.unfinished`;
  try {
    // Of a backup that was cut off.
    for (const path of [copy, unfinished]) await rm(path, { force: true });
    const { schema, artifacts } = await copyDatabase(source, copy);
    const secretsKey = join(dataDirectory, entryNames.secretsKey);
    const manifest: BackupManifest = {
      createdAt: new Date().toISOString(),
      schema,
      databaseHash: await fileHash(copy),
      artifacts,
      hasSecretsKey: order.withSecretsKey && (await isThere(secretsKey)),
    };
    await writeTar(unfinished, async (tar) => {
      await addBytes(tar, entryNames.manifest, Buffer.from(manifestText(manifest)));
      await addFile(tar, entryNames.database, copy);
      if (manifest.hasSecretsKey) await addFile(tar, entryNames.secretsKey, secretsKey);
      for (const hash of artifacts) await addArtifact(tar, hash, join(dataDirectory, 'artifacts', hash, 'tree'));
    });
    const { size } = await stat(unfinished);
    await rename(unfinished, file);
    await syncDirectory(dirname(file));
    return { sizeBytes: size, artifacts: artifacts.length, hasSecretsKey: manifest.hasSecretsKey };
  } finally {
    for (const path of [copy, unfinished]) await rm(path, { force: true });
  }
}

/** On the disk when it resolves. */
async function writeTar(path: string, fill: (tar: Pack) => Promise<void>): Promise<void> {
  const tar = pack();
  const filling = fill(tar).then(
    () => {
      tar.finalize();
    },
    (error: unknown) => {
      tar.destroy(error instanceof Error ? error : new Error(String(error)));
      throw error;
    },
  );
  // It holds the key of secrets.
  const results = await Promise.allSettled([
    filling,
    pipeline(tar, createWriteStream(path, { flags: 'wx', mode: 0o600 })),
  ]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function addArtifact(tar: Pack, hash: ArtifactHash, directory: string): Promise<void> {
  if (!(await isThere(directory))) {
    throw new BackupError(
      `The code ${hash} is not in the data directory any more: its function may just have been removed, so try again.`,
    );
  }
  const files: HashedFile[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/');
    files.push({ path, ...(await addFile(tar, artifactEntry(hash, path), join(directory, path))) });
  }
  if (artifactHash(files) !== hash) {
    throw new BackupError(`The code ${hash} in the data directory is damaged: deploy its functions again first.`);
  }
}

async function addFile(tar: Pack, name: string, source: string): Promise<Omit<HashedFile, 'path'>> {
  const file = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size: sizeBytes, mode, mtime } = await file.stat();
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

function addBytes(tar: Pack, name: string, content: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.entry({ name, size: content.length, mode: 0o600 }, content, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
