import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gnuLongName, paxHeader, tarFile } from '../../support/archives/raw-tar.ts';
import { dataDescriptor, zipFile } from '../../support/archives/raw-zip.ts';
import { readArchive, refusalOf } from '../../support/archives/read-archive.ts';

const text = 'abc'.repeat(500);
const streamed = { name: 'c', content: text, flags: 0x0008, after: dataDescriptor(text, deflateRawSync(text)) };
const archives = {
  zip: zipFile([{ name: 'a/' }, { name: 'a/b', content: text }, streamed], { comment: Buffer.from('note') }),
  tar: tarFile(paxHeader({ path: 'x/y' }), { name: 'a', content: text }, gnuLongName('q/z'), {
    name: 'b',
    content: '1',
  }),
  'tar.gz': gzipSync(tarFile({ name: 'a', content: text })),
};

describe('an archive with changed bytes', () => {
  it.each(Object.entries(archives))('is read or refused, never anything else: %s', async (_format, archive) => {
    const change = fc.tuple(
      fc.nat(archive.length - 1),
      fc.oneof(fc.nat(255), fc.constantFrom(0, 255, 0x2e, 0x2f, 0x5c)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(archive);
        for (const [at, byte] of changes) bytes[at] = byte;
        const reading = readArchive(bytes);
        const paths = await reading.then((files) => files.map(({ path }) => path)).catch(() => undefined);
        if (paths === undefined)
          expect(['INVALID_ARTIFACT', 'ARTIFACT_TOO_LARGE']).toContain((await refusalOf(reading)).code);
        else for (const path of paths) expect(path).not.toMatch(/^\/|\\|(^|\/)\.{0,2}(\/|$)/);
      }),
      { numRuns: 150 },
    );
  });
});
