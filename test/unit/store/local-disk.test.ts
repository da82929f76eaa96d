import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { fileSystemKind } from '../../../src/store/sqlite/local-disk.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { openUntilFinished, temporaryDirectory } from './temporary-store.ts';

describe('FT-25 a file system', () => {
  it.each([
    [0xef53, 'local', 'ext4'],
    [0x58465342, 'local', 'XFS'],
    [0x9123683e, 'local', 'Btrfs'],
    [0x01021994, 'local', 'tmpfs'],
    [0x794c7630, 'local', 'overlay, whose files are those of the folder on top'],
    [0x2fc12fc1, 'local', 'ZFS'],
    [0x12345678, 'local', 'nobody knows which'],
    [0x6969, 'network', 'NFS'],
    [0xff534d42, 'network', 'CIFS'],
    [0xff534d42 | 0, 'network', 'CIFS, where the number has a sign'],
    [0xfe534d42, 'network', 'SMB2'],
    [0x00c36400, 'network', 'Ceph'],
    [0x65735546, 'unsure', 'FUSE'],
    [0x01021997, 'unsure', '9P'],
  ])('of the number %i is %s: %s', (type, kind) => {
    expect(fileSystemKind(type).kind).toBe(kind);
  });

  it('of a network is refused for a store, with what to do, before anything is made on it', async () => {
    const directory = await temporaryDirectory();
    await expect(openSqliteStore({ directory, fileSystemType: () => Promise.resolve(0x6969) })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(/NFS.*--data-dir.*--database-url/) as string,
    });
    expect(await readdir(directory)).toEqual([]);
  });

  it('that may be a network’s is warned of', async () => {
    const warnings: string[] = [];
    const directory = await temporaryDirectory();
    const onWarning = (message: string): void => void warnings.push(message);
    await openUntilFinished({ directory, onWarning, fileSystemType: () => Promise.resolve(0x65735546) });
    expect(warnings).toEqual([expect.stringContaining('FUSE')]);
  });

  it('that is local, or does not say what it is, is neither', async () => {
    const warnings: string[] = [];
    const onWarning = (message: string): void => void warnings.push(message);
    const silent = (): Promise<never> => Promise.reject(new Error('no such call'));
    await openUntilFinished({ directory: await temporaryDirectory(), onWarning });
    await openUntilFinished({ directory: await temporaryDirectory(), onWarning, fileSystemType: silent });
    expect(warnings).toEqual([]);
  });
});
