import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  gnuLongName,
  gnuMagic,
  paxHeader,
  paxRecord,
  tarEnd,
  tarEntry,
  tarFile,
  tarHeader,
} from '../../support/archives/raw-tar.ts';
import { readArchive, refusalOf } from '../../support/archives/read-archive.ts';

const main = { name: 'main.mjs', content: 'export const handler = () => 1;' };

describe('a tar archive', () => {
  it('gives its regular files in order, executable where any x bit is set', async () => {
    const bytes = tarFile({ name: 'src/', type: '5', mode: 0o755 }, main, {
      name: 'src/run.sh',
      content: 'echo',
      mode: 0o4711,
    });
    expect(await readArchive(bytes)).toEqual([
      { path: 'main.mjs', executable: false, text: main.content },
      { path: 'src/run.sh', executable: true, text: 'echo' },
    ]);
  });

  it('may write ./ before its names and list the folder itself', async () => {
    const bytes = tarFile(
      { name: './', type: '5' },
      { name: './a/', type: '5' },
      { name: './a/main.mjs', content: 'x' },
    );
    expect(await readArchive(bytes)).toEqual([{ path: 'a/main.mjs', executable: false, text: 'x' }]);
  });

  it.each(['.', './', '/'])('may list the folder itself as %s', async (name) => {
    expect(await readArchive(tarFile({ name, type: '5' }, main))).toHaveLength(1);
  });

  it('takes the NUL type flag and the GNU format as they are meant', async () => {
    const bytes = tarFile({ ...main, type: '\0' }, { name: 'b', content: 'b', magic: gnuMagic });
    expect((await readArchive(bytes)).map(({ path }) => path)).toEqual(['main.mjs', 'b']);
  });

  it('takes a regular entry whose name ends in a slash for a folder, as GNU tar does', async () => {
    expect(await readArchive(tarFile({ name: 'lib/' }, main))).toHaveLength(1);
  });

  it('joins the ustar prefix to the name', async () => {
    expect((await readArchive(tarFile({ ...main, prefix: 'deep/er' })))[0]?.path).toBe('deep/er/main.mjs');
  });

  it('ignores where GNU format keeps its times instead of a prefix', async () => {
    expect((await readArchive(tarFile({ ...main, prefix: '14536200000', magic: gnuMagic })))[0]?.path).toBe('main.mjs');
  });

  it('takes long names in pax and in GNU form', async () => {
    const long = `${'folder/'.repeat(20)}main.mjs`;
    expect((await readArchive(tarFile(paxHeader({ path: long, mtime: '1.5' }), main)))[0]?.path).toBe(long);
    expect((await readArchive(tarFile(gnuLongName(long), main)))[0]?.path).toBe(long);
  });

  it('uses a pax name for one entry only', async () => {
    const read = await readArchive(tarFile(paxHeader({ path: 'ä.mjs' }), main, { name: 'b', content: '' }));
    expect(read.map(({ path }) => path)).toEqual(['ä.mjs', 'b']);
  });

  it('takes a global comment, as git writes it', async () => {
    expect(await readArchive(tarFile(paxHeader({ comment: 'f'.repeat(40) }, 'g'), main))).toHaveLength(1);
  });

  it('is read whatever is left of its files’ contents', async () => {
    const { withArchive } = await import('../../support/archives/read-archive.ts');
    const { archiveFiles, defaultArtifactLimits } = await import('../../../src/artifacts/upload.ts');
    const bytes = tarFile(
      { name: 'a', content: 'x'.repeat(200_000) },
      { name: 'b', content: 'y'.repeat(200_000) },
      main,
    );
    const paths = await withArchive(bytes, async (path) => {
      const seen: string[] = [];
      for await (const file of archiveFiles(path, defaultArtifactLimits)) {
        seen.push(file.path);
        if (file.path === 'b') for await (const _first of file.content) break;
      }
      return seen;
    });
    expect(paths).toEqual(['a', 'b', 'main.mjs']);
  });
});

describe('a tar archive is refused and the entry named when it holds', () => {
  it.each([
    ['1', 'hard link'],
    ['2', 'symbolic link'],
    ['3', 'character device'],
    ['4', 'block device'],
    ['6', 'FIFO'],
    ['7', 'contiguous'],
    ['S', 'sparse'],
    ['V', 'volume label'],
    ['M', 'another volume'],
    ['D', 'incremental'],
    ['K', 'link with a long target'],
    ['X', 'unknown type'],
    ['\u0001', 'unknown type'],
  ])('an entry of type %j, %s', async (type, called) => {
    const error = await refusalOf(readArchive(tarFile(main, { name: 'evil', type, linkName: 'main.mjs' })));
    expect(error.code).toBe('INVALID_ARTIFACT');
    expect(error.message).toContain('"evil"');
    expect(error.message).toContain(called);
    expect(error.violations).toEqual([expect.objectContaining({ pointer: '/files/evil' })]);
  });

  it('a file through a symbolic link that came before it', async () => {
    const bytes = tarFile({ name: 'out', type: '2', linkName: '/etc' }, { name: 'out/passwd', content: 'x' });
    expect((await refusalOf(readArchive(bytes))).message).toContain('symbolic link');
  });

  it.each([
    '../x',
    '/x',
    'C:\\x',
    'C:x',
    'a/../../x',
    'a/./x',
    '//x',
    'a//x',
    'a\\x',
    'x.',
    'x ',
    '..',
    '.',
    'a\u0007',
    './/x',
  ])('the path %j', async (name) => {
    const error = await refusalOf(readArchive(tarFile(main, { name, content: 'x' })));
    expect(error.code).toBe('INVALID_ARTIFACT');
  });

  it('such a path in a pax record or a GNU long name', async () => {
    expect((await refusalOf(readArchive(tarFile(paxHeader({ path: '../x' }), main)))).code).toBe('INVALID_ARTIFACT');
    expect((await refusalOf(readArchive(tarFile(paxHeader({ path: '' }), main)))).code).toBe('INVALID_ARTIFACT');
    expect((await refusalOf(readArchive(tarFile(gnuLongName('/x'), main)))).code).toBe('INVALID_ARTIFACT');
    expect((await refusalOf(readArchive(tarFile(gnuLongName('a\0b'), main)))).code).toBe('INVALID_ARTIFACT');
  });

  it('one path twice', async () => {
    expect((await refusalOf(readArchive(tarFile(main, main)))).message).toContain('twice');
  });

  it('a folder with content', async () => {
    expect((await refusalOf(readArchive(tarFile({ name: 'a/', type: '5', content: 'x' }, main)))).message).toContain(
      'folder with content',
    );
  });

  it('a name that is not UTF-8', async () => {
    const header = tarHeader({ name: 'a' });
    header[0] = 0xff;
    header.write(
      `${(header.reduce((sum, byte) => sum + byte, 0) - header.subarray(148, 156).reduce((sum, byte) => sum + byte, 0) + 256).toString(8).padStart(6, '0')}\0 `,
      148,
      8,
      'latin1',
    );
    expect((await refusalOf(readArchive(tarFile(header)))).message).toContain('UTF-8');
  });
});

describe('a tar archive is refused as a whole when', () => {
  it.each([1, 300, 512, 700, 1100])('it ends after %i bytes', async (length) => {
    const error = await refusalOf(readArchive(tarFile({ ...main, content: 'x'.repeat(600) }).subarray(0, length)));
    expect(error.code).toBe('INVALID_ARTIFACT');
  });

  it('it has no end mark, or half of one', async () => {
    expect((await refusalOf(readArchive(tarEntry(main)))).message).toContain('cut short');
    const half = Buffer.concat([tarEntry(main), Buffer.alloc(512)]);
    expect((await refusalOf(readArchive(half))).message).toContain('cut short');
  });

  it.each([
    ['garbage', Buffer.from('garbage')],
    ['a second archive', tarFile({ name: 'second', content: 'x' })],
    [
      'a second archive after a record of zeros',
      Buffer.concat([Buffer.alloc(10_240), tarFile({ name: 'second', content: 'x' })]),
    ],
    ['an entry after one zero block', Buffer.alloc(0)],
  ])('its end mark is followed by %s', async (what, after) => {
    const bytes = what.startsWith('an entry')
      ? Buffer.concat([tarEntry(main), Buffer.alloc(512), tarEntry({ name: 'b' }), tarEnd])
      : Buffer.concat([tarFile(main), after]);
    expect((await refusalOf(readArchive(bytes))).message).toContain('after its end mark');
  });

  it('its end mark is followed by more zeros than any writer fills up with', async () => {
    const bytes = gzipSync(Buffer.concat([tarFile(main), Buffer.alloc(2 * 1024 * 1024)]));
    expect((await refusalOf(readArchive(bytes))).message).toContain('after its end mark');
  });

  it('it holds nothing, or only folders', async () => {
    expect((await refusalOf(readArchive(Buffer.alloc(10_240)))).message).toContain('holds no files');
    expect((await refusalOf(readArchive(tarFile({ name: 'a/', type: '5' })))).message).toContain('holds no files');
  });

  it('a header’s checksum is wrong', async () => {
    expect((await refusalOf(readArchive(tarFile({ ...main, checksumOffset: 1 })))).message).toContain('checksum');
  });

  it.each([
    '\u0080\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0001',
    '-0000000001',
    '0x1',
    '99999999999',
  ])('a size is written as %j', async (sizeField) => {
    expect((await refusalOf(readArchive(tarFile({ ...main, sizeField })))).message).toContain('octal');
  });

  it('a later header is in an unknown format', async () => {
    expect((await refusalOf(readArchive(tarFile(main, { name: 'b', magic: 'other' })))).message).toContain(
      'neither ustar nor GNU',
    );
  });

  it('a pax size differs from the header’s', async () => {
    expect((await refusalOf(readArchive(tarFile(paxHeader({ size: '1' }), main)))).message).toContain(
      'two different sizes',
    );
  });

  it.each([{ 'GNU.sparse.major': '1' }, { linkpath: '/etc/passwd' }, { hdrcharset: 'BINARY' }, { size: '-1' }])(
    'an entry has the pax record %j',
    async (records) => {
      expect((await refusalOf(readArchive(tarFile(paxHeader(records), main)))).message).toContain('pax record');
    },
  );

  it.each([{ path: 'x' }, { size: '1' }, { 'GNU.sparse.name': 'x' }])(
    'a global pax header sets %j',
    async (records) => {
      expect((await refusalOf(readArchive(tarFile(paxHeader(records, 'g'), main)))).message).toContain('pax record');
    },
  );

  it.each([
    ['no length', ' path=x\n'],
    ['a length beyond its end', '99 path=x\n'],
    ['no line feed', '9 path=xy'],
    ['no equals sign', '7 path\n'],
    ['no key', '5 =x\n'],
    ['a key twice', paxRecord('path', 'a') + paxRecord('path', 'b')],
  ])('a pax header has %s', async (_what, content) => {
    const bytes = tarFile(tarEntry({ name: 'pax', type: 'x', content }), main);
    expect((await refusalOf(readArchive(bytes))).message).toContain('broken pax header');
  });

  it('an entry is named by two headers before it', async () => {
    expect((await refusalOf(readArchive(tarFile(paxHeader({ path: 'a' }), gnuLongName('b'), main)))).message).toContain(
      'names one entry twice',
    );
    expect(
      (await refusalOf(readArchive(tarFile(paxHeader({ path: 'a' }), paxHeader({ path: 'b' }), main)))).message,
    ).toContain('twice');
  });

  it('a header for the next entry has no next entry', async () => {
    expect((await refusalOf(readArchive(tarFile(main, gnuLongName('b'))))).message).toContain('cut short');
  });
});

describe('while a tar archive is read', () => {
  it('a pax header is refused by its declared size, before it is taken into memory', async () => {
    const huge = tarHeader({ name: 'pax', type: 'x', declaredBytes: 4 * 1024 * 1024 * 1024 - 1 });
    expect((await refusalOf(readArchive(tarFile(huge)))).code).toBe('ARTIFACT_TOO_LARGE');
  });

  it('headers count against the expanded size', async () => {
    const comment = paxHeader({ comment: 'x'.repeat(60_000) }, 'g');
    const bytes = gzipSync(tarFile(...Array.from({ length: 20 }, () => comment), main));
    expect((await refusalOf(readArchive(bytes, { totalBytes: 1_000_000 }))).code).toBe('ARTIFACT_TOO_LARGE');
  });

  it('reading stops at the first byte too many, whatever follows', async () => {
    // The rest is garbage that would be refused for another reason if it were read.
    const bytes = gzipSync(
      Buffer.concat([tarEntry({ name: 'bomb', content: Buffer.alloc(3_000_000) }), Buffer.from('garbage')]),
    );
    const error = await refusalOf(readArchive(bytes, { totalBytes: 1_000_000 }));
    expect(error.code).toBe('ARTIFACT_TOO_LARGE');
    expect(error.message).toContain('1,000,000 bytes');
  });

  it('folders count as entries, also those that only a path implies', async () => {
    const folders = Array.from({ length: 30 }, (_, index) => ({ name: `d${index}/`, type: '5' }));
    expect((await refusalOf(readArchive(tarFile(...folders, main), { entries: 30 }))).message).toContain(
      '30 files and folders',
    );
    expect((await refusalOf(readArchive(tarFile({ name: 'a/b/c/d', content: '' }), { entries: 3 }))).message).toContain(
      '3 files',
    );
    expect(await readArchive(tarFile({ name: 'a/b/c/d', content: '' }), { entries: 4 })).toHaveLength(1);
  });

  it('a path of 4 KiB and a path of 10,000 folders are refused by the limit they break', async () => {
    expect((await refusalOf(readArchive(tarFile(gnuLongName('n'.repeat(4096)), main)))).code).toBe(
      'ARTIFACT_TOO_LARGE',
    );
    expect((await refusalOf(readArchive(tarFile(gnuLongName(`${'d/'.repeat(10_000)}x`), main)))).code).toBe(
      'ARTIFACT_TOO_LARGE',
    );
  });
});
