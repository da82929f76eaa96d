import { createHash } from 'node:crypto';
import { chmod, mkdir, open, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { HashedFile } from './artifact-file.ts';
import type { UploadedFile } from './uploaded-file.ts';
import { failpoint } from '../failpoints.ts';

/** One time for all files and folders of all artifacts: what an archive says about times is no part of the code. */
const fixedTime = new Date('2000-01-01T00:00:00Z');

/**
 * A tree being written under a folder that nobody else writes to. Every file and folder is made anew and never opened twice, so no link
 * can be followed. Paths must have passed `checkedFiles`.
 */
export class ArtifactTree {
  readonly directory: string;
  /** The folders made so far by relative path, the root by the empty one. Promises, as two files may need a new folder at once. */
  readonly #folders = new Map<string, Promise<unknown>>();

  constructor(directory: string) {
    this.directory = directory;
  }

  async create(): Promise<void> {
    await this.#makeFolder('');
  }

  /** Writes a file with mode 0444 or 0555. A failed system call is thrown as it is. */
  async write({ path, executable, content }: UploadedFile): Promise<HashedFile> {
    await this.#makeFolderOf(path);
    const hash = createHash('sha256');
    let sizeBytes = 0;
    const file = await open(join(this.directory, path), 'wx', 0o600);
    try {
      for await (const chunk of content) {
        hash.update(chunk);
        sizeBytes += chunk.byteLength;
        await file.writeFile(chunk);
      }
      // By the descriptor, after the content: the process' umask has no say and a file without w can still be filled.
      await file.chmod(executable ? 0o555 : 0o444);
      await file.utimes(fixedTime, fixedTime);
    } finally {
      await file.close();
    }
    failpoint('artifact.file_written');
    return { path, sizeBytes, executable, contentHash: hash.digest('hex') };
  }

  /** Takes the right to write from all folders, once nothing is written any more. */
  async seal(): Promise<void> {
    for (const folder of this.#folders.keys()) {
      await utimes(join(this.directory, folder), fixedTime, fixedTime);
      await chmod(join(this.directory, folder), 0o555);
    }
  }

  async #makeFolderOf(path: string): Promise<void> {
    const end = path.lastIndexOf('/');
    await this.#makeFolder(end === -1 ? '' : path.slice(0, end));
  }

  async #makeFolder(folder: string): Promise<void> {
    const making = this.#folders.get(folder) ?? this.#mkdir(folder);
    this.#folders.set(folder, making);
    await making;
  }

  async #mkdir(folder: string): Promise<void> {
    if (folder !== '') await this.#makeFolderOf(folder);
    await mkdir(join(this.directory, folder), { mode: 0o700 });
  }
}
