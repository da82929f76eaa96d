import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Upload } from '../../../src/dependencies/upload-files.ts';

/** An empty folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-dependencies-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Files as they are after an upload. */
export async function uploadOf(files: Readonly<Record<string, string>>): Promise<Upload> {
  const directory = await temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return {
    directory,
    files: Object.entries(files).map(([path, text]) => ({
      path,
      sizeBytes: Buffer.byteLength(text),
      executable: false,
    })),
  };
}
