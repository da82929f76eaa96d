import { createHash } from 'node:crypto';
import { chmodSync, closeSync, fchmodSync, futimesSync, mkdirSync, openSync, utimesSync, writeFileSync } from 'node:fs';
import { chmod, open, utimes, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { HashedFile } from './artifact-file.ts';
import type { UploadedFile } from './uploaded-file.ts';
import { failpoint } from '../failpoints.ts';

/** One time for all files and folders of all artifacts: what an archive says about times is no part of the code. */
const fixedTime = new Date('2000-01-01T00:00:00Z');

/** Up to this size a file is written at once. */
const smallBytes = 65_536;
/** Up to so many are sealed at once. */
const fewFolders = 16;

/**
 * A tree being written under a folder that nobody else writes to. Every file and folder is made anew and never opened twice, so no link
 * can be followed. Paths must have passed `checkedFiles`.
 */
export class ArtifactTree {
  readonly directory: string;
  /** The folders made so far by relative path, the root by the empty one. */
  readonly #folders = new Set<string>();

  constructor(directory: string) {
    this.directory = directory;
  }

  create(): void {
    this.#makeFolder('');
  }

  /** Writes a file with mode 0444 or 0555. A failed system call is thrown as it is. */
  async write({ path, executable, content }: UploadedFile): Promise<HashedFile> {
    this.#makeFolderOf(path);
    const hash = createHash('sha256');
    const mode = executable ? 0o555 : 0o444;
    let sizeBytes = 0;
    const beginning: Uint8Array[] = [];
    let large: FileHandle | undefined;
    try {
      for await (const chunk of content) {
        hash.update(chunk);
        sizeBytes += chunk.byteLength;
        if (sizeBytes <= smallBytes) beginning.push(chunk.slice());
        else {
          large ??= await this.#openLarge(path, beginning);
          await large.writeFile(chunk);
        }
      }
      if (large === undefined) this.#writeSmall(path, Buffer.concat(beginning), mode);
      else {
        // By the descriptor, after the content: the process' umask has no say and a file without w can still be filled.
        await large.chmod(mode);
        await large.utimes(fixedTime, fixedTime);
      }
    } finally {
      await large?.close();
    }
    failpoint('artifact.file_written');
    return { path, sizeBytes, executable, contentHash: hash.digest('hex') };
  }

  /** Takes the right to write from all folders, once nothing is written any more. */
  async seal(): Promise<void> {
    const paths = [...this.#folders].map((folder) => join(this.directory, folder));
    if (paths.length <= fewFolders) {
      for (const path of paths) {
        utimesSync(path, fixedTime, fixedTime);
        chmodSync(path, 0o555);
      }
      return;
    }
    for (const path of paths) await Promise.all([utimes(path, fixedTime, fixedTime), chmod(path, 0o555)]);
  }

  async #openLarge(path: string, beginning: readonly Uint8Array[]): Promise<FileHandle> {
    const file = await open(join(this.directory, path), 'wx', 0o600);
    try {
      await file.writeFile(Buffer.concat(beginning));
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Without the other threads: these five calls take less than to hand over one of them. */
  #writeSmall(path: string, content: Uint8Array, mode: number): void {
    const descriptor = openSync(join(this.directory, path), 'wx', 0o600);
    try {
      writeFileSync(descriptor, content);
      fchmodSync(descriptor, mode);
      futimesSync(descriptor, fixedTime, fixedTime);
    } finally {
      closeSync(descriptor);
    }
  }

  #makeFolderOf(path: string): void {
    const end = path.lastIndexOf('/');
    this.#makeFolder(end === -1 ? '' : path.slice(0, end));
  }

  #makeFolder(folder: string): void {
    if (this.#folders.has(folder)) return;
    if (folder !== '') this.#makeFolderOf(folder);
    mkdirSync(join(this.directory, folder), { mode: 0o700 });
    this.#folders.add(folder);
  }
}
