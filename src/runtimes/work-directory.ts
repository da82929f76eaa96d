import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** `/tmp` is often mounted without devices, which a root file system can't be laid out on. */
const parent = '/var/tmp';

/** Lends a folder of this machine to a piece of work, and removes it with all that is in it afterwards. */
export async function withWorkDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(parent, 'sraas-base-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
