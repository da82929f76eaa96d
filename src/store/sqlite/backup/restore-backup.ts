import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import type { ArtifactHash } from '../../../artifacts/artifact-hash.ts';
import { ArtifactStore } from '../../../artifacts/artifact-store.ts';
import { storageError } from '../../../artifacts/storage-error.ts';
import type { UploadedFile } from '../../../artifacts/upload.ts';
import { limitsOfKeptCode } from '../../../artifacts/limits.ts';
import { syncPath } from '../../../durable.ts';
import { SraasError } from '../../../errors.ts';
import { migrations } from '../../migrations/all.ts';
import { makeDataDirectory } from '../../data-directory.ts';
import { lockDirectory } from '../directory-lock.ts';
import { BackupError } from './backup-error.ts';
import { entryNames, noBackup, parseArtifactEntry, parseManifest, type BackupManifest } from './backup-layout.ts';
import { putDatabase } from './put-database.ts';
import { fileHash } from './snapshot.ts';

export interface RestoreOrder {
  readonly file: string;
  readonly dataDirectory: string;
  /** Whether state that is there already may be replaced. */
  readonly replace: boolean;
}

export interface RestoredBackup {
  readonly createdAt: string;
  readonly artifacts: number;
  readonly hasSecretsKey: boolean;
}

/** Most bytes of what is read into memory; a manifest has some 70 for each artifact. */
const mostInMemory = 256 * 1024 * 1024;

/**
 * Puts a backup into a data directory that no server uses. Everything is unpacked and checked first, and the database takes its
 * place last, by one rename: until then, and whatever fails, the state that was there is the one that counts. Code that was
 * there stays until the server finds that nothing refers to it.
 *
 * The installation's random name stays that of the directory: two servers with one name would remove each other's containers.
 *
 * @throws BackupError when the file is no whole backup or one of a newer version, or the directory holds state already;
 * SraasError `STORE_UNAVAILABLE` when a server uses the directory, `INSUFFICIENT_STORAGE`.
 */
export async function restoreBackup({ file, dataDirectory, replace }: RestoreOrder): Promise<RestoredBackup> {
  await makeDataDirectory(dataDirectory);
  const lock = lockDirectory(dataDirectory);
  const unpacked = {
    database: join(dataDirectory, 'sraas.db.restored'),
    secretsKey: join(dataDirectory, 'secrets.key.restored'),
  };
  const removeUnpacked = async (): Promise<void> => {
    for (const path of Object.values(unpacked)) await rm(path, { force: true });
  };
  try {
    await removeUnpacked();
    if (!replace) await requireEmpty(dataDirectory);
    const artifacts = new ArtifactStore(dataDirectory, limitsOfKeptCode);
    await artifacts.open();
    const manifest = await unpack(file, artifacts, unpacked);
    if (manifest.hasSecretsKey) await rename(unpacked.secretsKey, join(dataDirectory, entryNames.secretsKey));
    await syncPath(dataDirectory);
    await putDatabase(unpacked.database, dataDirectory);
    const { createdAt, hasSecretsKey } = manifest;
    return { createdAt, artifacts: manifest.artifacts.length, hasSecretsKey };
  } finally {
    await removeUnpacked();
    lock.release();
  }
}

async function requireEmpty(directory: string): Promise<void> {
  const found = (await readdir(directory)).filter((name) => !/^(lock(-journal)?|reserve|lost\+found)$/.test(name));
  if (found.length === 0) return;
  throw new BackupError(
    `The data directory ${directory} is not empty: name another one with --data-dir, or have its state replaced with --force.`,
  );
}

/** A file in the tar, to be read before the next one comes. The library's types leave open what its chunks are. */
type Entry = AsyncIterable<Buffer> & { readonly header: Pick<Header, 'name' | 'size' | 'mode'> };

interface UnpackedPaths {
  readonly database: string;
  readonly secretsKey: string;
}

async function unpack(file: string, artifacts: ArtifactStore, paths: UnpackedPaths): Promise<BackupManifest> {
  const tar = extract();
  const reading = unpackEntries(tar as AsyncIterable<unknown> as AsyncIterable<Entry>, artifacts, paths).finally(() => {
    // What is left of the file need not be read.
    tar.destroy();
  });
  const [read, fed] = await Promise.allSettled([reading, pipeline(createReadStream(file), tar)]);
  if (read.status === 'fulfilled') return read.value;
  if (read.reason instanceof SraasError || read.reason instanceof BackupError) throw read.reason;
  const cause = storageError(fed.status === 'rejected' && isSystemError(fed.reason) ? fed.reason : read.reason);
  if (cause instanceof SraasError) throw cause;
  if (isSystemError(cause)) {
    throw new BackupError(`The backup ${file} cannot be restored: ${cause.message}.`, { cause });
  }
  throw noBackup(cause);
}

async function unpackEntries(
  reading: AsyncIterable<Entry>,
  artifacts: ArtifactStore,
  paths: UnpackedPaths,
): Promise<BackupManifest> {
  const entries = new Entries(reading);
  const first = await entries.peek();
  if (first?.header.name !== entryNames.manifest || first.header.size > mostInMemory) throw noBackup();
  const manifest = parseManifest((await buffer(first)).toString());
  const known = Object.keys(migrations).length;
  if (manifest.schema > known) {
    throw new BackupError('The backup was made by a newer sraas: restore it with that version.');
  }
  await entries.next();
  const missing = new Set<string>([...manifest.artifacts, entryNames.database]);
  if (manifest.hasSecretsKey) missing.add(entryNames.secretsKey);
  for (let entry = await entries.peek(); entry !== undefined; entry = await entries.peek()) {
    const { name } = entry.header;
    const hash = parseArtifactEntry(name)?.hash;
    if (!missing.delete(hash ?? name)) throw noBackup();
    if (hash !== undefined) await keepArtifact(hash, entries, artifacts);
    else {
      await save(entry, name === entryNames.database ? paths.database : paths.secretsKey);
      await entries.next();
    }
  }
  if (missing.size > 0 || (await fileHash(paths.database)) !== manifest.databaseHash) throw noBackup();
  return manifest;
}

/** Takes the entries of one artifact, which follow each other. */
async function keepArtifact(hash: ArtifactHash, entries: Entries, artifacts: ArtifactStore): Promise<void> {
  async function* files(): AsyncGenerator<UploadedFile, void, undefined> {
    for (let entry = await entries.peek(); entry !== undefined; entry = await entries.peek()) {
      const part = parseArtifactEntry(entry.header.name);
      if (part?.hash !== hash) return;
      yield { path: part.path, executable: (entry.header.mode & 0o111) !== 0, content: entry };
      await entries.next();
    }
  }
  const staged = await artifacts.stage(files(), { language: 'other' });
  try {
    if (staged.hash !== hash) throw noBackup();
    await staged.commit();
  } finally {
    await staged.discard();
  }
}

async function save(entry: Entry, path: string): Promise<void> {
  await pipeline(entry, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  await syncPath(path);
}

/** The entries of a tar, one at a time, with a look at the next. */
class Entries {
  readonly #source: AsyncIterator<Entry>;
  #current: Promise<IteratorResult<Entry>>;

  constructor(source: AsyncIterable<Entry>) {
    this.#source = source[Symbol.asyncIterator]();
    this.#current = this.#source.next();
  }

  async peek(): Promise<Entry | undefined> {
    const current = await this.#current;
    return current.done === true ? undefined : current.value;
  }

  /** Goes on to the next; the one before must have been read. */
  async next(): Promise<void> {
    await this.#current;
    this.#current = this.#source.next();
    await this.#current;
  }
}

function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}
