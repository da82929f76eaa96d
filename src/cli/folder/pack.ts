import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { FolderFile } from './collect-files.ts';

/** The files as a tar.gz. The same files give the same bytes: times, owners and modes are not the machine's. */
export async function packFiles(files: readonly FolderFile[]): Promise<Uint8Array<ArrayBuffer>> {
  const tar = pack();
  const chunks: Buffer[] = [];
  await Promise.all([
    addFiles(tar, files),
    pipeline(tar, createGzip(), async (source: AsyncIterable<Buffer>) => {
      for await (const chunk of source) chunks.push(chunk);
    }),
  ]);
  return Buffer.concat(chunks);
}

async function addFiles(tar: ReturnType<typeof pack>, files: readonly FolderFile[]): Promise<void> {
  try {
    for (const file of files) {
      const content = await readFile(file.absolutePath);
      const mode = file.executable ? 0o755 : 0o644;
      const header = { name: file.path, mode, mtime: new Date(0), uid: 0, gid: 0, size: content.length };
      await new Promise<void>((resolve, reject) => {
        tar.entry(header, content, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
    }
    tar.finalize();
  } catch (error) {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}
