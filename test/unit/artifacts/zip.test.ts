import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readArchive, refusalOf } from '../../support/archives/read-archive.ts';
import { dataDescriptor, zipFile } from '../../support/archives/raw-zip.ts';

const text = 'export const handler = () => 1;';
const main = { name: 'main.mjs', content: text };
const packed = deflateRawSync(text);

async function refusal(bytes: Uint8Array): Promise<string> {
  const error = await refusalOf(readArchive(bytes));
  expect(error.code).toBe('INVALID_ARTIFACT');
  return error.message;
}

describe('a zip archive', () => {
  it('gives its stored and deflated files, executable where any x bit is set', async () => {
    const bytes = zipFile([
      { name: 'src/' },
      { ...main, method: 0 },
      { name: 'src/run.sh', content: 'echo', mode: 0o106751 },
    ]);
    expect(await readArchive(bytes)).toEqual([
      { path: 'main.mjs', executable: false, text },
      { path: 'src/run.sh', executable: true, text: 'echo' },
    ]);
  });

  it('takes names in UTF-8 with and without the flag for it', async () => {
    const read = await readArchive(zipFile([{ name: 'ä.mjs', flags: 0x0800 }, { name: 'ö.mjs' }]));
    expect(read.map(({ path }) => path)).toEqual(['ä.mjs', 'ö.mjs']);
  });

  it.each([true, false])(
    'takes what a streaming writer makes, its descriptor with a signature: %s',
    async (withSignature) => {
      const unknown = { crc: 0, compressedBytes: 0, expandedBytes: 0 };
      const member = { ...main, flags: 0x0008, local: unknown, after: dataDescriptor(text, packed, withSignature) };
      expect(await readArchive(zipFile([member, { name: 'b' }]))).toHaveLength(2);
    },
  );

  it('takes members that the directory lists in another order', async () => {
    const bytes = zipFile([main, { name: 'b', content: 'b' }], { reversed: true });
    expect((await readArchive(bytes)).map(({ path }) => path)).toEqual(['main.mjs', 'b']);
  });

  it('may have a comment, also one that holds another zip, which is never read', async () => {
    expect(await readArchive(zipFile([main], { comment: Buffer.from('made by hand') }))).toHaveLength(1);
    expect(await refusal(zipFile([main], { comment: zipFile([{ name: 'hidden' }]) }))).not.toContain('hidden');
  });
});

describe('a zip archive is refused and the entry named when it holds', () => {
  it.each([
    ['a symbolic link', 0o120777, 'symbolic link'],
    ['a character device', 0o020666, 'neither a regular file nor a folder'],
    ['a block device', 0o060666, 'neither a regular file nor a folder'],
    ['a FIFO', 0o010666, 'neither a regular file nor a folder'],
    ['a socket', 0o140666, 'neither a regular file nor a folder'],
    ['a folder without a slash', 0o040755, 'by its name or by its attributes'],
  ])('%s by its attributes', async (_what, mode, called) => {
    const message = await refusal(zipFile([main, { name: 'evil', content: '/etc/passwd', mode }]));
    expect(message).toContain('"evil"');
    expect(message).toContain(called);
  });

  it.each([
    '../x',
    '/x',
    'C:\\x',
    'C:x',
    'a/../../x',
    './x',
    '//x',
    'a\\..\\x',
    'x.',
    'x ',
    '..',
    'a\u0000b',
    '',
    '/',
    './',
  ])('the path %j', async (name) => {
    await refusal(zipFile([main, { name }]));
  });

  it('a name that is not UTF-8', async () => {
    expect(await refusal(zipFile([{ name: Buffer.from([0x61, 0x84, 0x62]) }]))).toContain('UTF-8');
  });

  it('one path twice, or two that differ by case', async () => {
    expect(await refusal(zipFile([main, main]))).toContain('twice');
    expect(await refusal(zipFile([main, { name: 'MAIN.mjs' }]))).toContain('only by case');
  });

  it('encrypted content', async () => {
    expect(await refusal(zipFile([{ ...main, flags: 0x0001 }]))).toContain('encrypted');
    expect(await refusal(zipFile([{ ...main, flags: 0x0041 }]))).toMatch(/encrypted|damaged/);
    expect(await refusal(zipFile([{ ...main, flags: 0x2000 }]))).toContain('zip feature');
  });

  it('content in another compression', async () => {
    const method = { method: 12 };
    expect(await refusal(zipFile([{ ...main, local: method, central: method }]))).toContain('method 12');
  });

  it('a folder with content', async () => {
    expect(await refusal(zipFile([main, { name: 'a/', content: 'x' }]))).toContain('folder with content');
  });

  it('a second name in an extra field', async () => {
    const other = Buffer.from('other.mjs');
    const head = Buffer.from([0x75, 0x70, other.length + 5, 0, 1, 0, 0, 0, 0]);
    expect(await refusal(zipFile([{ ...main, central: { extra: Buffer.concat([head, other]) } }]))).toContain(
      'two different names',
    );
  });

  it('ZIP64 sizes', async () => {
    const extra = Buffer.alloc(20);
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(16, 2);
    expect(await refusal(zipFile([{ ...main, central: { extra } }]))).toContain('ZIP64');
    expect(
      await refusal(zipFile([{ ...main, central: { extra, compressedBytes: 0xffffffff, expandedBytes: 0xffffffff } }])),
    ).toMatch(/ZIP64/);
  });
});

describe('a zip archive is refused when its headers disagree:', () => {
  it.each([
    ['the name', { name: 'MAIN.mjs' }],
    ['the method', { method: 0 }],
    ['the flags', { flags: 0x0800 }],
    ['the checksum', { crc: 1 }],
    ['the compressed size', { compressedBytes: 1 }],
    ['the expanded size', { expandedBytes: 1 }],
    ['unknown sizes without a descriptor', { compressedBytes: 0, expandedBytes: 0, crc: 0 }],
  ])('%s', async (_what, local) => {
    expect(await refusal(zipFile([{ ...main, local }]))).toContain('differs between its two headers');
  });

  it('a descriptor that is not there or says something else', async () => {
    const member = { ...main, flags: 0x0008 };
    expect(await refusal(zipFile([member]))).toContain('what follows its data');
    expect(await refusal(zipFile([{ ...member, after: dataDescriptor('other', packed) }]))).toContain(
      'what follows its data',
    );
  });

  it('both declare a smaller size than the content has', async () => {
    const lie = { expandedBytes: 5 };
    expect(await refusal(zipFile([{ ...main, local: lie, central: lie }]))).toContain('expands to more bytes');
  });

  it('both declare a larger size than the content has', async () => {
    const lie = { expandedBytes: 500 };
    expect(await refusal(zipFile([{ ...main, local: lie, central: lie }]))).toContain('is damaged');
  });

  it('both declare another checksum than the content has', async () => {
    const lie = { crc: 1 };
    expect(await refusal(zipFile([{ ...main, local: lie, central: lie }]))).toContain('is damaged');
    expect(await refusal(zipFile([{ ...main, method: 0, local: lie, central: lie }]))).toContain('is damaged');
  });

  it('stored content with two sizes', async () => {
    const lie = { expandedBytes: 5 };
    await refusal(zipFile([{ ...main, method: 0, local: lie, central: lie }]));
  });

  it('compressed data with something hidden behind its end', async () => {
    expect(await refusal(zipFile([{ ...main, data: Buffer.concat([packed, Buffer.from('hidden')]) }]))).toContain(
      'is damaged',
    );
  });

  it('compressed data that is none, or ends too early', async () => {
    expect(await refusal(zipFile([{ ...main, data: Buffer.from('no deflate') }]))).toContain('damaged');
    expect(await refusal(zipFile([{ ...main, data: packed.subarray(0, 10) }]))).toContain('damaged');
  });
});

describe('a zip archive is refused when its bytes have no one owner:', () => {
  it('two entries share one local header', async () => {
    expect(await refusal(zipFile([main, { ...main, offset: 0 }]))).toMatch(/overlaps|two headers/);
  });

  it('an entry quotes the local headers of others inside its data', async () => {
    const inner = zipFile([{ name: 'b', content: 'b', method: 0 }]);
    const localBytes = 30 + 1 + 1;
    const outer = {
      name: 'a',
      data: inner.subarray(0, localBytes),
      method: 0 as const,
      content: inner.subarray(0, localBytes),
    };
    const bytes = zipFile([outer, { name: 'b', content: 'b', method: 0, offset: 31 }]);
    expect(await refusal(bytes)).toMatch(/overlaps/);
  });

  it.each([
    ['before the first entry', zipFile([main], { before: Buffer.from('#!/bin/sh\n') })],
    ['between entries', zipFile([{ ...main, after: Buffer.from('hidden') }, { name: 'b' }])],
    ['before the directory', zipFile([main], { beforeDirectory: Buffer.from('hidden') })],
    ['before the end record', zipFile([main], { beforeEnd: Buffer.from('hidden') })],
    ['after the end record', zipFile([main], { after: Buffer.from('hidden') })],
    ['after the end record, a second archive', zipFile([main], { after: zipFile([{ name: 'second' }]) })],
    ['after the end record, a tar', zipFile([main], { after: Buffer.alloc(1024) })],
  ])('something is %s', async (_where, bytes) => {
    await refusal(bytes);
  });

  it('the end record counts fewer or more entries than there are', async () => {
    const both = [main, { name: 'b' }];
    await refusal(zipFile(both, { end: { entryCount: 1 } }));
    await refusal(zipFile(both, { end: { entryCount: 3 } }));
    await refusal(zipFile(both, { end: { diskEntryCount: 1 } }));
  });

  it('the end record tells of other disks or another directory', async () => {
    await refusal(zipFile([main], { end: { disk: 1 } }));
    await refusal(zipFile([main], { end: { directoryBytes: 1 } }));
    await refusal(zipFile([main], { end: { directoryOffset: 0 } }));
  });

  it('it is in ZIP64 form', async () => {
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    expect(await refusal(zipFile([main], { beforeEnd: locator }))).toContain('ZIP64');
    expect(await refusal(zipFile([main], { end: { directoryOffset: 0xffffffff } }))).toContain('ZIP64');
  });

  it('it is cut anywhere', async () => {
    const bytes = zipFile([main, { name: 'b', content: 'b' }]);
    for (let length = 4; length < bytes.length; length += 1) await refusal(bytes.subarray(0, length));
  });

  it('it holds nothing, or only folders', async () => {
    expect(await refusal(zipFile([]))).toContain('holds no files');
    expect(await refusal(zipFile([{ name: 'a/' }]))).toContain('holds no files');
  });
});

describe('while a zip archive is read', () => {
  it('too many entries are refused by their count, before any is read', async () => {
    const bytes = zipFile(Array.from({ length: 30 }, (_, index) => ({ name: `f${index}` })));
    expect((await refusalOf(readArchive(bytes, { entries: 29 }))).message).toContain('29 files and folders');
    expect(await readArchive(bytes, { entries: 30 })).toHaveLength(30);
  });

  it('too much content is refused by what the directory declares', async () => {
    const bytes = zipFile([
      { name: 'a', content: Buffer.alloc(600) },
      { name: 'b', content: Buffer.alloc(600) },
    ]);
    expect((await refusalOf(readArchive(bytes, { totalBytes: 1199 }))).code).toBe('ARTIFACT_TOO_LARGE');
    expect(await readArchive(bytes, { totalBytes: 1200 })).toHaveLength(2);
  });

  it('one entry of nearly 4 GiB is refused', async () => {
    const lie = { expandedBytes: 0xfffffffe };
    expect((await refusalOf(readArchive(zipFile([{ ...main, local: lie, central: lie }])))).code).toBe(
      'ARTIFACT_TOO_LARGE',
    );
  });
});
