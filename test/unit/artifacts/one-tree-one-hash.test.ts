import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import type { ArtifactHash } from '../../../src/artifacts/artifact-store.ts';
import { archiveFiles, defaultArtifactLimits, inlineFiles } from '../../../src/artifacts/upload.ts';
import { paxHeader, tarFile } from '../../support/archives/raw-tar.ts';
import { zipFile } from '../../support/archives/raw-zip.ts';
import { readArchive, withArchive } from '../../support/archives/read-archive.ts';
import { temporaryStore, type TemporaryStore } from '../../support/archives/temporary-store.ts';

const run = promisify(execFile);
const node = { language: 'node' } as const;

type Tree = Readonly<Record<string, string>>;

// No name is a prefix of another path here, and none differs by case only: what collides has tests of its own.
const segment = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', 'é', '日', '-', '_', '1'),
  minLength: 1,
  maxLength: 6,
});
const tree: fc.Arbitrary<Tree> = fc
  .uniqueArray(
    fc.tuple(
      fc.array(
        segment.map((name) => `d${name}`),
        { maxLength: 3 },
      ),
      segment.map((name) => `${name}.mjs`),
      fc.string({ unit: 'binary', maxLength: 2000 }),
    ),
    { minLength: 1, maxLength: 8, selector: ([folders, name]) => [...folders, name].join('/').normalize('NFC') },
  )
  .map((files) =>
    Object.fromEntries(
      files.map(([folders, name, text]) => [[...folders, name].join('/'), Buffer.from(text).toString('utf8')]),
    ),
  );

async function hashOfArchive(temporary: TemporaryStore, bytes: Uint8Array): Promise<ArtifactHash> {
  return withArchive(bytes, async (path) => {
    const staged = await temporary.store.stage(archiveFiles(path, defaultArtifactLimits), node);
    await staged.discard();
    return staged.hash;
  });
}

async function hashOfInline(temporary: TemporaryStore, files: Tree): Promise<ArtifactHash> {
  const staged = await temporary.store.stage(inlineFiles(files, defaultArtifactLimits), node);
  await staged.discard();
  return staged.hash;
}

function asTar(files: Tree): Buffer {
  return tarFile(
    ...Object.entries(files).flatMap(([path, content]) => [paxHeader({ path }), { name: 'short', content }]),
  );
}

function asZip(files: Tree): Buffer {
  return zipFile(Object.entries(files).map(([name, content]) => ({ name, content })));
}

describe('one tree has one hash', () => {
  it('inline, as tar, as tar.gz and as zip', async () => {
    await using temporary = await temporaryStore();
    await fc.assert(
      fc.asyncProperty(tree, async (files) => {
        const hash = await hashOfInline(temporary, files);
        const reversed = Object.fromEntries(Object.entries(files).reverse());
        expect(await hashOfArchive(temporary, asTar(files))).toBe(hash);
        expect(await hashOfArchive(temporary, gzipSync(asTar(reversed)))).toBe(hash);
        expect(await hashOfArchive(temporary, asZip(files))).toBe(hash);
        expect(await hashOfArchive(temporary, asZip(reversed))).toBe(hash);
      }),
      { numRuns: 25 },
    );
    expect(await temporary.staged()).toEqual([]);
  });

  it('whether folders are listed, and however many of them hold nothing', async () => {
    await using temporary = await temporaryStore();
    const hash = await hashOfInline(temporary, { 'a/b.mjs': 'x' });
    const folders = [
      { name: 'a/', type: '5' },
      { name: 'empty/', type: '5' },
    ];
    expect(await hashOfArchive(temporary, tarFile(...folders, { name: 'a/b.mjs', content: 'x' }))).toBe(hash);
    expect(await hashOfArchive(temporary, zipFile([{ name: 'empty/' }, { name: 'a/b.mjs', content: 'x' }]))).toBe(hash);
  });
});

describe('GNU tar', () => {
  it.each(['gnu', 'pax', 'ustar'])('and this reader agree on what GNU tar writes in its %s format', async (format) => {
    const directory = await mkdtemp(join(tmpdir(), 'sraas-tar-'));
    try {
      const files: Tree = {
        'main.mjs': 'x',
        'src/deep/er/a.mjs': 'y'.repeat(100_000),
        [`src/${'long-'.repeat(25)}.mjs`.slice(0, 95)]: '',
        'ä.mjs': 'z',
      };
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(directory, 'tree', path)), { recursive: true });
        await writeFile(join(directory, 'tree', path), text);
      }
      await chmod(join(directory, 'tree', 'main.mjs'), 0o755);
      const archive = join(directory, 'a.tar');
      await run('tar', [`--format=${format}`, '-cf', archive, '-C', join(directory, 'tree'), '.']);
      const read: string[] = [];
      const executable: string[] = [];
      for await (const file of archiveFiles(archive, defaultArtifactLimits)) {
        let sizeBytes = 0;
        for await (const chunk of file.content) sizeBytes += chunk.byteLength;
        expect(sizeBytes).toBe(Buffer.byteLength(files[file.path] ?? 'missing'));
        read.push(file.path);
        if (file.executable) executable.push(file.path);
      }
      expect(read.sort()).toEqual(Object.keys(files).sort());
      expect(executable).toEqual(['main.mjs']);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('lists what passes here by the same names, and so does tar-stream', async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (files) => {
        const bytes = asTar(files);
        const names = (await readArchive(bytes)).map(({ path }) => path);
        const listed = await withArchive(bytes, (path) => run('tar', ['--quoting-style=literal', '-tf', path]));
        expect(listed.stdout.trimEnd().split('\n')).toEqual(names);
        const streamed: string[] = [];
        const reader = extract();
        reader.end(bytes);
        for await (const entry of reader) {
          streamed.push(entry.header.name);
          entry.resume();
        }
        expect(streamed).toEqual(names);
      }),
      { numRuns: 20 },
    );
  });
});
