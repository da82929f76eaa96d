import { createWriteStream } from 'node:fs';
import { access, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import type { ArtifactHash } from '../../../artifacts/artifact-hash.ts';
import { addFile, addTree } from '../../../artifacts/packed-tree.ts';
import { syncPath } from '../../../durable.ts';
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
    const mtime = new Date();
    const secretsKey = join(dataDirectory, entryNames.secretsKey);
    const manifest: BackupManifest = {
      createdAt: mtime.toISOString(),
      schema,
      databaseHash: await fileHash(copy),
      artifacts,
      hasSecretsKey: order.withSecretsKey && (await isThere(secretsKey)),
    };
    await writeTar(unfinished, async (tar) => {
      await addBytes(tar, entryNames.manifest, Buffer.from(manifestText(manifest)));
      await addFile(tar, { name: entryNames.database, source: copy, mtime });
      if (manifest.hasSecretsKey) await addFile(tar, { name: entryNames.secretsKey, source: secretsKey, mtime });
      for (const hash of artifacts) await addArtifact(tar, hash, join(dataDirectory, 'artifacts', hash, 'tree'));
    });
    const { size } = await stat(unfinished);
    await rename(unfinished, file);
    await syncPath(dirname(file));
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
  await syncPath(path);
}

async function addArtifact(tar: Pack, hash: ArtifactHash, directory: string): Promise<void> {
  if (!(await isThere(directory))) {
    throw new BackupError(
      `The code ${hash} is not in the data directory any more: its function may just have been removed, so try again.`,
    );
  }
  if ((await addTree(tar, directory, (path) => artifactEntry(hash, path))) !== hash) {
    throw new BackupError(`The code ${hash} in the data directory is damaged: deploy its functions again first.`);
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
