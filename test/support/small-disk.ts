import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, rmdir, statfs, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isErrno } from '../../src/errno.ts';
import { until } from './containers.ts';

const run = promisify(execFile);
const mebibyte = 1024 * 1024;

/** A file system of its own, for what cannot be done to the one that everything else is on. Needs root. */
export interface SmallDisk extends AsyncDisposable {
  readonly directory: string;
  /** Fills it with bytes of nobody until so much is free; 0 for the last byte. */
  fill(freeBytes: number): Promise<void>;
  /** Makes empty files until no further one can be made. */
  fillFiles(): Promise<void>;
  /** Takes away what the two above have made. */
  clear(): Promise<void>;
}

/** In memory. Gone, with all that was on it, when it is disposed of. */
export async function smallDisk(options: { readonly mebibytes: number; readonly files?: number }): Promise<SmallDisk> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-disk-'));
  const { mebibytes, files = 0 } = options;
  await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,nr_inodes=${files},mode=700`, 'tmpfs', directory]);
  return filled(directory, async () => {
    await unmount(directory);
  });
}

/** A disk that can be made to fail. */
export interface FailingDisk extends SmallDisk {
  /** Has the file system stop as after a failure that it cannot go on from: every change is refused from now on (ext4(5), `abort`). */
  fail(): Promise<void>;
  /** Has every further access, reading as well, end with EIO, as after the disk itself has gone (EXT4_IOC_SHUTDOWN). */
  cutOff(): Promise<void>;
  /** Mounts it anew. Nobody may have a file of it open. */
  mend(): Promise<void>;
}

/** ext4 in a file. */
export async function failingDisk(mebibytes: number): Promise<FailingDisk> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-disk-'));
  const image = `${directory}.ext4`;
  await writeFile(image, '');
  await truncate(image, mebibytes * mebibyte);
  await run('mkfs.ext4', ['-q', '-F', '-m', '0', image]);
  const mount = async (): Promise<void> => {
    await run('mount', ['-o', 'loop', image, directory]);
  };
  await mount();
  const disk = filled(directory, async () => {
    await unmount(directory);
    await rm(image);
  });
  return {
    ...disk,
    fail: async () => {
      await run('mount', ['-o', 'remount,abort', directory]);
    },
    cutOff: async () => {
      // Node has no ioctl. The number: _IOR('X', 125, __u32); 2: without writing down what is still in memory.
      const perl = 'open(DISK, "<", $ARGV[0]) or die $!; $how = pack("L", 2); ioctl(DISK, 0x8004587d, $how) or die $!';
      await run('perl', ['-e', perl, directory]);
    },
    mend: async () => {
      await run('umount', [directory]);
      // Containers that have just gone may keep the file system alive for a moment; a mount then would be of the failed one.
      await until(async () => (await run('losetup', ['-j', image])).stdout === '', 20_000, 'nobody uses the disk');
      await mount();
    },
  };
}

function filled(directory: string, dispose: () => Promise<void>): SmallDisk {
  const ballast = join(directory, 'ballast');
  const names: string[] = [];
  return {
    directory,
    fill: async (freeBytes) => {
      const file = await open(ballast, 'a');
      try {
        for (;;) {
          const { bavail, bsize } = await statfs(directory);
          const excess = bavail * bsize - freeBytes;
          if (excess <= 0) return;
          await file.appendFile(Buffer.alloc(Math.min(excess, mebibyte)));
        }
      } catch (error) {
        // Others write at the same time; the disk is as full as was asked for, or more.
        if (!isErrno(error, 'ENOSPC')) throw error;
      } finally {
        await file.close();
      }
    },
    fillFiles: async () => {
      while ((await statfs(directory)).ffree > 0) {
        const name = join(directory, `empty-${names.length}`);
        await writeFile(name, '');
        names.push(name);
      }
    },
    clear: async () => {
      await rm(ballast, { force: true });
      await Promise.all(names.splice(0).map((name) => rm(name)));
    },
    [Symbol.asyncDispose]: dispose,
  };
}

async function unmount(directory: string): Promise<void> {
  await run('umount', [directory]);
  await rmdir(directory);
}
