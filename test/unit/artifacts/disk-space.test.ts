import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { DiskSpace } from '../../../src/artifacts/disk-space.ts';
import { SraasError } from '../../../src/errors.ts';

function diskWith(freeBytes: number | Error, keepsWork = true): DiskSpace {
  return new DiskSpace({
    directory: '/data',
    lowBytes: 1000,
    keepsWork,
    measure: () => (freeBytes instanceof Error ? Promise.reject(freeBytes) : Promise.resolve(freeBytes)),
  });
}

describe('the low-water mark of the disk', () => {
  it.each([
    [1000, []],
    [999, ['deploys']],
    [500, ['deploys']],
    [499, ['deploys', 'async']],
    [0, ['deploys', 'async']],
  ])('with %i bytes free refuses %j', async (freeBytes, refused) => {
    expect(await diskWith(freeBytes).look()).toStrictEqual({ freeBytes, refused });
  });

  it('does not concern async work that is kept elsewhere', async () => {
    const disk = diskWith(0, false);
    expect((await disk.look()).refused).toStrictEqual(['deploys']);
    await disk.requireRoomFor('async');
  });

  it('refuses with a code that says to try again, and lets the other kind pass', async () => {
    const disk = diskWith(999);
    const refusal: unknown = await disk.requireRoomFor('deploys').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SraasError);
    expect(refusal).toMatchObject({ code: 'INSUFFICIENT_STORAGE', retryAfterSeconds: 60 });
    await disk.requireRoomFor('async');
  });

  it('refuses nothing where the file system does not tell', async () => {
    const disk = diskWith(new Error('no such system call'));
    expect(await disk.look()).toStrictEqual({ freeBytes: undefined, refused: [] });
  });

  it('measures the real disk by itself', async () => {
    const disk = new DiskSpace({ directory: tmpdir(), lowBytes: 0, keepsWork: true });
    const { freeBytes, refused } = await disk.look();
    expect(freeBytes).toBeGreaterThan(0);
    expect(refused).toStrictEqual([]);
  });
});
