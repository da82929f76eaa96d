import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SraasError } from '../../../src/errors.ts';
import {
  archiveFiles,
  defaultArtifactLimits,
  type ArtifactLimits,
  type UploadedFile,
} from '../../../src/artifacts/upload.ts';

export interface ReadFile {
  readonly path: string;
  readonly executable: boolean;
  readonly text: string;
}

/** Calls back with the path of a file that holds the bytes, and removes it afterwards. */
export async function withArchive<Result>(bytes: Uint8Array, use: (path: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-archive-'));
  try {
    const path = join(directory, 'upload');
    await writeFile(path, bytes);
    return await use(path);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** All files of an archive as `archiveFiles` gives them. */
export function readArchive(bytes: Uint8Array, limits: Partial<ArtifactLimits> = {}): Promise<readonly ReadFile[]> {
  return withArchive(bytes, (path) => readAll(archiveFiles(path, { ...defaultArtifactLimits, ...limits })));
}

export async function readAll(
  files: AsyncIterable<UploadedFile> | Iterable<UploadedFile>,
): Promise<readonly ReadFile[]> {
  const read: ReadFile[] = [];
  for await (const { path, executable, content } of files) read.push({ path, executable, text: await textOf(content) });
  return read;
}

/** What an attempt is refused with. */
export async function refusalOf(attempt: Promise<unknown>): Promise<SraasError> {
  const failure: unknown = await attempt.then(
    () => new Error('it was accepted'),
    (error: unknown) => error,
  );
  if (failure instanceof SraasError) return failure;
  throw failure;
}

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
