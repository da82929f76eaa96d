import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { DiskMeasure } from '../../../src/artifacts/disk-state.ts';
import { DiskSpace } from '../../../src/artifacts/disk-space.ts';
import { SraasError } from '../../../src/errors.ts';

const roomy = { freeBytes: 5000, freeFiles: 5000, isWritable: true } satisfies DiskMeasure;

function diskWith(disk: Partial<DiskMeasure> | Error, { keepsWork = true, lowBytes = 1000 } = {}): DiskSpace {
  const measure = (): Promise<DiskMeasure> =>
    disk instanceof Error ? Promise.reject(disk) : Promise.resolve({ ...roomy, ...disk });
  return new DiskSpace({ directory: '/data', lowBytes, keepsWork, measure });
}

describe('the low-water mark of the disk', () => {
  it.each([
    [1000, []],
    [999, ['deploys']],
    [500, ['deploys']],
    [499, ['deploys', 'async']],
    [0, ['deploys', 'async']],
  ])('with %i bytes free refuses %j', async (freeBytes, refused) => {
    expect(await diskWith({ freeBytes }).look()).toStrictEqual({ ...roomy, freeBytes, refused });
  });

  it('does not concern async work that is kept elsewhere', async () => {
    const disk = diskWith({ freeBytes: 0 }, { keepsWork: false });
    expect((await disk.look()).refused).toStrictEqual(['deploys']);
    await disk.requireRoomFor('async');
  });

  it('refuses with a code that says to try again, and lets the other kind pass', async () => {
    const disk = diskWith({ freeBytes: 999 });
    const refusal: unknown = await disk.requireRoomFor('deploys').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SraasError);
    expect(refusal).toMatchObject({ code: 'INSUFFICIENT_STORAGE', retryAfterSeconds: 60 });
    await disk.requireRoomFor('async');
  });

  it('refuses nothing where the file system does not tell', async () => {
    const disk = diskWith(new Error('no such system call'));
    expect(await disk.look()).toStrictEqual({
      freeBytes: undefined,
      freeFiles: undefined,
      isWritable: true,
      refused: [],
    });
  });

  it.each([
    [1000, []],
    [999, ['deploys']],
    [0, ['deploys']],
  ])('with room for %i further files refuses %j', async (freeFiles, refused) => {
    const disk = diskWith({ freeFiles });
    expect((await disk.look()).refused).toStrictEqual(refused);
    if (freeFiles === 0) await expect(disk.requireRoomFor('deploys')).rejects.toThrow(/inodes/);
  });

  it('refuses async work, which makes no files, for want of bytes only, and says so', async () => {
    await expect(diskWith({ freeBytes: 0, freeFiles: 0 }).requireRoomFor('async')).rejects.toThrow(/is nearly full/);
    await diskWith({ freeFiles: 0 }).requireRoomFor('async');
  });

  it('is no matter where the number of files has no limit, nor where the operator wants no mark', async () => {
    const unlimited: DiskMeasure = { ...roomy, freeFiles: undefined };
    expect((await diskWith(unlimited).look()).refused).toStrictEqual([]);
    expect((await diskWith({ freeBytes: 0, freeFiles: 0 }, { lowBytes: 0 }).look()).refused).toStrictEqual([]);
  });

  it.each([
    [true, ['deploys', 'async']],
    [false, ['deploys']],
  ])('refuses what a disk that takes no change cannot keep, async work among it: %s', async (keepsWork, refused) => {
    const disk = diskWith({ isWritable: false }, { keepsWork, lowBytes: 0 });
    expect((await disk.look()).refused).toStrictEqual(refused);
    await expect(disk.requireRoomFor('deploys')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('measures the real disk by itself', async () => {
    const disk = new DiskSpace({ directory: tmpdir(), lowBytes: 0, keepsWork: true });
    const { freeBytes, isWritable, refused } = await disk.look();
    expect(freeBytes).toBeGreaterThan(0);
    expect(isWritable).toBe(true);
    expect(refused).toStrictEqual([]);
  });
});
