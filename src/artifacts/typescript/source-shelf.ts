import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { tooLarge } from '../refusal.ts';
import type { UploadedFile } from '../uploaded-file.ts';

/** Most bytes of one TypeScript source. Larger ones are generated, and their generator can emit JavaScript. */
const sourceBytes = 5_000_000;
/** Most TypeScript sources in one upload: each costs a process of some milliseconds. */
const sourceCount = 2_000;

export interface ShelvedSource {
  readonly path: string;
  readonly executable: boolean;
  read(): Promise<Buffer>;
}

/** Keeps an upload's TypeScript sources on disk until all its files are known, as an import's target may come last. */
export class SourceShelf {
  readonly sources: ShelvedSource[] = [];
  readonly #directory: string;
  #made: Promise<unknown> | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Whether it has taken up a folder. */
  get isUsed(): boolean {
    return this.#made !== undefined;
  }

  /** Throws `ARTIFACT_TOO_LARGE`. */
  async put({ path, executable, content }: UploadedFile): Promise<void> {
    if (this.sources.length >= sourceCount) throw tooLarge('transpiling', sourceCount, 'TypeScript sources');
    this.#made ??= mkdir(this.#directory, { mode: 0o700 });
    await this.#made;
    const savedAt = join(this.#directory, String(this.sources.length));
    await pipeline(content, capped, createWriteStream(savedAt, { flags: 'wx', mode: 0o600 }));
    this.sources.push({ path, executable, read: () => readFile(savedAt) });
  }
}

async function* capped(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let sizeBytes = 0;
  for await (const chunk of content) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > sourceBytes) throw tooLarge('one TypeScript source', sourceBytes, 'bytes');
    yield chunk;
  }
}
