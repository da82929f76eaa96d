import type * as fs from 'node:fs';
import type * as fsPromises from 'node:fs/promises';
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { refusalOf } from '../../support/archives/read-archive.ts';
import { temporaryStore, uploaded } from '../../support/archives/temporary-store.ts';

/** A disk that takes this many more writes and syncs, then none. */
const disk = vi.hoisted(() => {
  const state = {
    callsLeft: Number.POSITIVE_INFINITY,
    /** The failure of one call more, when there is none left. */
    spend: (): Error | undefined => {
      state.callsLeft -= 1;
      if (state.callsLeft >= 0) return undefined;
      return Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', syscall: 'write' });
    },
  };
  return state;
});

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof fs>();
  const limited =
    (call: (...args: never[]) => unknown) =>
    (...args: never[]): unknown => {
      const failure = disk.spend();
      if (failure !== undefined) throw failure;
      return call(...args);
    };
  return {
    ...original,
    mkdirSync: limited(original.mkdirSync),
    renameSync: limited(original.renameSync),
    writeFileSync: limited(original.writeFileSync),
    fsync: (descriptor: number, callback: (failure: Error | null) => void): void => {
      const failure = disk.spend();
      if (failure === undefined) original.fsync(descriptor, callback);
      else callback(failure);
    },
  };
});

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof fsPromises>();
  const limited = <Call extends (...args: never[]) => Promise<unknown>>(call: Call): Call =>
    ((...args: never[]) => {
      const failure = disk.spend();
      return failure === undefined ? call(...args) : Promise.reject(failure);
    }) as Call;
  return {
    ...original,
    mkdir: limited(original.mkdir),
    open: async (...args: Parameters<typeof original.open>): Promise<fsPromises.FileHandle> => {
      const handle = await original.open(...args);
      handle.writeFile = limited(handle.writeFile.bind(handle));
      return handle;
    },
  };
});

beforeEach(() => {
  disk.callsLeft = Number.POSITIVE_INFINITY;
});

const files = () => [uploaded('a/b', 'x'), uploaded('c', 'y')];

describe('on a full disk', () => {
  it('staging and committing say so at whatever step it fills, and leave nothing staged', async () => {
    await using temporary = await temporaryStore();
    let steps = 0;
    for (let isDone = false; !isDone; steps += 1) {
      disk.callsLeft = steps;
      const work = temporary.store.stage(files(), { language: 'node' }).then((staged) => staged.commit());
      isDone = await work.then(
        () => true,
        () => false,
      );
      disk.callsLeft = Number.POSITIVE_INFINITY;
      if (!isDone) expect((await refusalOf(work)).code).toBe('INSUFFICIENT_STORAGE');
      expect(await temporary.staged()).toEqual([]);
    }
    // Folders, files, and a sync for each of them and for what holds them.
    expect(steps).toBeGreaterThan(10);
    expect(await temporary.kept()).toHaveLength(1);
  });

  it('receiving says so and leaves nothing', async () => {
    await using temporary = await temporaryStore();
    disk.callsLeft = 2;
    const receiving = temporary.store.receive(Readable.from([Buffer.from('a'), Buffer.from('b')]));
    expect((await refusalOf(receiving)).code).toBe('INSUFFICIENT_STORAGE');
    expect(await temporary.staged()).toEqual([]);
  });
});
