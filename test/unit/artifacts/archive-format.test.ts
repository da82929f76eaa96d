import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tarFile } from '../../support/archives/raw-tar.ts';
import { zipFile } from '../../support/archives/raw-zip.ts';
import { readArchive, refusalOf } from '../../support/archives/read-archive.ts';

const main = { name: 'main.mjs', content: 'x'.repeat(100) };

describe('the format of an archive', () => {
  it.each([
    ['tar', tarFile(main)],
    ['tar.gz', gzipSync(tarFile(main))],
    ['zip', zipFile([main])],
  ])('is told by its first bytes: %s', async (_format, bytes) => {
    expect(await readArchive(bytes)).toEqual([{ path: 'main.mjs', executable: false, text: main.content }]);
  });

  it.each([
    ['bzip2', Buffer.from('BZh91AY&SY')],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
    ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
    ['lz4', Buffer.from([0x04, 0x22, 0x4d, 0x18])],
    ['7-Zip', Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c])],
    ['RAR', Buffer.from('Rar!\u001a\u0007')],
  ])('is called by its name when it is not accepted: %s', async (name, start) => {
    const error = await refusalOf(readArchive(Buffer.concat([start, Buffer.alloc(600, 1)])));
    expect(error.code).toBe('INVALID_ARTIFACT');
    expect(error.message).toContain(name);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('export const handler = () => 1;')],
    ['brotli', brotliCompressSync(tarFile(main))],
    ['a few zeros', Buffer.alloc(20)],
  ])('is unknown for %s', async (_what, bytes) => {
    expect((await refusalOf(readArchive(bytes))).code).toBe('INVALID_ARTIFACT');
  });

  it('is refused beyond the cap on its own size', async () => {
    const error = await refusalOf(readArchive(tarFile(main), { uploadBytes: 1000 }));
    expect(error.code).toBe('ARTIFACT_TOO_LARGE');
    expect(error.message).toContain('1,000 bytes');
  });
});

describe('gzip data', () => {
  it('of several members is one archive, wherever the members are cut', async () => {
    const tar = tarFile({ name: 'main.mjs', content: 'x'.repeat(300_000) });
    for (const cut of [1, 512, 70_000, 65_536]) {
      const bytes = Buffer.concat([
        gzipSync(tar.subarray(0, cut), { level: 0 }),
        gzipSync(tar.subarray(cut), { level: 0 }),
      ]);
      expect((await readArchive(bytes))[0]?.text).toHaveLength(300_000);
    }
  });

  it.each([
    ['garbage', Buffer.from('garbage')],
    ['zeros', Buffer.alloc(9)],
    ['zeros and a member', Buffer.concat([Buffer.alloc(9), gzipSync(tarFile(main))])],
    ['a member with a second archive', gzipSync(tarFile({ name: 'second', content: '' }))],
    ['a zip', zipFile([main])],
  ])('followed by %s is refused', async (_what, after) => {
    expect((await refusalOf(readArchive(Buffer.concat([gzipSync(tarFile(main)), after])))).code).toBe(
      'INVALID_ARTIFACT',
    );
  });

  it.each([1, 8, 20, 40])('without its last %i bytes is refused', async (missing) => {
    const bytes = gzipSync(tarFile(main));
    expect((await refusalOf(readArchive(bytes.subarray(0, -missing)))).message).toContain('cut short');
  });

  it('with a wrong checksum is refused', async () => {
    const bytes = gzipSync(tarFile(main));
    bytes.writeUInt32LE(1, bytes.length - 8);
    expect((await refusalOf(readArchive(bytes))).message).toContain('damaged');
  });

  it('inside gzip data is refused: it is no tar', async () => {
    expect((await refusalOf(readArchive(gzipSync(gzipSync(tarFile(main)))))).code).toBe('INVALID_ARTIFACT');
  });

  it('with a zip inside is refused', async () => {
    expect((await refusalOf(readArchive(gzipSync(zipFile([main]))))).code).toBe('INVALID_ARTIFACT');
  });
});
