import { chmod, lstat, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { defaultArtifactLimits, type ArtifactLimits, type UploadedFile } from '../../../src/artifacts/upload.ts';

export interface TemporaryStore extends AsyncDisposable {
  readonly store: ArtifactStore;
  readonly directory: string;
  /** Names of what is in staging: empty unless something is being received or built. */
  staged(): Promise<readonly string[]>;
  kept(): Promise<readonly string[]>;
}

/** An open store in a folder of its own, both gone at the end of the block. */
export async function temporaryStore(limits: Partial<ArtifactLimits> = {}): Promise<TemporaryStore> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-store-'));
  const store = new ArtifactStore(directory, { ...defaultArtifactLimits, ...limits });
  await store.open();
  return {
    store,
    directory,
    staged: () => readdir(join(directory, 'staging')),
    kept: () => readdir(join(directory, 'artifacts')),
    [Symbol.asyncDispose]: async () => {
      await store.close();
      await makeWritable(directory);
      await rm(directory, { recursive: true });
    },
  };
}

/** A file as a reader of uploads hands it out. */
export function uploaded(path: string, content: string | Uint8Array = '', executable = false): UploadedFile {
  return { path, executable, content: once(Buffer.from(content)) };
}

export interface TreeFile {
  readonly path: string;
  /** Permission bits in octal. */
  readonly mode: string;
  readonly text: string;
}

/** Everything below a folder, sorted by path; folders have a last slash and no text. */
export async function listTree(directory: string): Promise<readonly TreeFile[]> {
  const found: TreeFile[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    const full = join(entry.parentPath, entry.name);
    const path = full.slice(directory.length + 1);
    const mode = ((await lstat(full)).mode & 0o7777).toString(8);
    if (entry.isDirectory()) found.push({ path: `${path}/`, mode, text: '' });
    else found.push({ path, mode, text: await readFile(full, 'utf8') });
  }
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

async function* once(chunk: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield await Promise.resolve(chunk);
}

async function makeWritable(directory: string): Promise<void> {
  await chmod(directory, 0o700);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(directory, entry.name));
  }
}
