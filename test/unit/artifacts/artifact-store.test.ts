import { mkdir, readdir, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ArtifactStore, type ArtifactHash } from '../../../src/artifacts/artifact-store.ts';
import { archiveFiles, defaultArtifactLimits } from '../../../src/artifacts/upload.ts';
import { tarFile } from '../../support/archives/raw-tar.ts';
import { refusalOf, withArchive } from '../../support/archives/read-archive.ts';
import { listTree, temporaryStore, uploaded } from '../../support/archives/temporary-store.ts';

const node = { language: 'node' } as const;
const files = () => [uploaded('src/main.mjs', 'x'), uploaded('run.sh', 'echo', true)];
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

async function ageBy(directory: string, hash: ArtifactHash, ageMs: number): Promise<void> {
  const then = new Date(Date.now() - ageMs);
  await utimes(join(directory, 'artifacts', hash), then, then);
}

describe('a staged artifact', () => {
  it('is a read-only tree with one time for all', async () => {
    await using temporary = await temporaryStore();
    const staged = await temporary.store.stage(files(), node);
    expect(await listTree(staged.directory)).toEqual([
      { path: 'run.sh', mode: '555', text: 'echo' },
      { path: 'src/', mode: '555', text: '' },
      { path: 'src/main.mjs', mode: '444', text: 'x' },
    ]);
    for (const path of ['', 'src', 'run.sh', 'src/main.mjs']) {
      const { mtime, mode } = await stat(join(staged.directory, path));
      expect(mtime.toISOString()).toBe('2000-01-01T00:00:00.000Z');
      expect(mode & 0o222).toBe(0);
    }
  });

  it('has files, unless there need not be any', async () => {
    await using temporary = await temporaryStore();
    const refusal = await refusalOf(temporary.store.stage([], { language: 'other' }));
    expect(refusal.code).toBe('INVALID_ARTIFACT');
    const staged = await temporary.store.stage([], { language: 'other', mayBeNone: true });
    expect([await listTree(staged.directory), staged.sizeBytes]).toEqual([[], 0]);
  });

  it('tells its files in the order of their bytes, and their sizes', async () => {
    await using temporary = await temporaryStore();
    const staged = await temporary.store.stage(
      [uploaded('\u{1f600}', 'ab'), uploaded('\uffee', 'c'), uploaded('a')],
      node,
    );
    expect(staged.files).toEqual([
      { path: 'a', sizeBytes: 0, executable: false },
      { path: '\uffee', sizeBytes: 1, executable: false },
      { path: '\u{1f600}', sizeBytes: 2, executable: false },
    ]);
    expect(staged.sizeBytes).toBe(3);
    expect(staged.hasSourceMaps).toBe(false);
  });

  it('has a name that each of path, content and executable bit changes, and nothing else', async () => {
    await using temporary = await temporaryStore();
    const hashOf = async (...uploads: Parameters<typeof uploaded>[]) =>
      (
        await temporary.store.stage(
          uploads.map((upload) => uploaded(...upload)),
          node,
        )
      ).hash;
    const hash = await hashOf(['a', 'x'], ['b', 'y']);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashOf(['b', 'y'], ['a', 'x'])).toBe(hash);
    const others = await Promise.all([
      hashOf(['a', 'x']),
      hashOf(['a', 'x'], ['c', 'y']),
      hashOf(['a', 'x'], ['b', 'z']),
      hashOf(['a', 'x'], ['b', 'y', true]),
      hashOf(['a', 'xy'], ['b', '']),
    ]);
    expect(new Set([hash, ...others]).size).toBe(6);
  });

  it('keeps the name that is written down in its documentation', async () => {
    await using temporary = await temporaryStore();
    const { createHash } = await import('node:crypto');
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    const listing = `sraas-artifact-1\nexec 4 ${sha256('echo')} run.sh\nfile 1 ${sha256('x')} src/main.mjs\n`;
    expect((await temporary.store.stage(files(), node)).hash).toBe(sha256(listing));
  });

  it('is gone after it was discarded, also twice', async () => {
    await using temporary = await temporaryStore();
    const staged = await temporary.store.stage(files(), node);
    expect(await temporary.staged()).toHaveLength(1);
    await staged.discard();
    await staged.discard();
    expect(await temporary.staged()).toEqual([]);
    expect(await temporary.kept()).toEqual([]);
  });
});

describe('a stage that fails leaves nothing behind when', () => {
  it('a path is not acceptable, though other files came before it', async () => {
    await using temporary = await temporaryStore();
    const error = await refusalOf(temporary.store.stage([uploaded('a'), uploaded('../b')], node));
    expect(error.code).toBe('INVALID_ARTIFACT');
    expect(await temporary.staged()).toEqual([]);
  });

  it('there is too much', async () => {
    await using temporary = await temporaryStore({ totalBytes: 3 });
    expect((await refusalOf(temporary.store.stage([uploaded('a', 'ab'), uploaded('b', 'cd')], node))).code).toBe(
      'ARTIFACT_TOO_LARGE',
    );
    expect(await temporary.staged()).toEqual([]);
  });

  it('there are no files', async () => {
    await using temporary = await temporaryStore();
    expect((await refusalOf(temporary.store.stage([], node))).code).toBe('INVALID_ARTIFACT');
    expect(await temporary.staged()).toEqual([]);
  });

  it('the archive turns out to be hostile at its end', async () => {
    await using temporary = await temporaryStore();
    const bytes = tarFile({ name: 'main.mjs', content: 'x' }, { name: 'evil', type: '2', linkName: '/etc' });
    await withArchive(bytes, async (path) => {
      expect(
        (await refusalOf(temporary.store.stage(archiveFiles(path, defaultArtifactLimits), node))).message,
      ).toContain('symbolic link');
    });
    expect(await temporary.staged()).toEqual([]);
  });

  it('a file’s content breaks off, with the error that broke it', async () => {
    await using temporary = await temporaryStore();
    const broken = new Error('the client is gone');
    const content = Readable.from(
      (function* () {
        yield Buffer.from('x');
        throw broken;
      })(),
    );
    await expect(temporary.store.stage([{ path: 'a', executable: false, content }], node)).rejects.toBe(broken);
    expect(await temporary.staged()).toEqual([]);
  });

  it('the disk is full', async () => {
    await using temporary = await temporaryStore();
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC', syscall: 'write' });
    const content = Readable.from(
      (function* () {
        yield Buffer.from('x');
        throw full;
      })(),
    );
    const error = await refusalOf(temporary.store.stage([{ path: 'a', executable: false, content }], node));
    expect(error.code).toBe('INSUFFICIENT_STORAGE');
    expect(await temporary.staged()).toEqual([]);
  });
});

describe('a commit', () => {
  it('moves the tree to its name and keeps it read-only', async () => {
    await using temporary = await temporaryStore();
    const staged = await temporary.store.stage(files(), node);
    expect(await temporary.store.has(staged.hash)).toBe(false);
    await staged.commit();
    expect(await temporary.store.has(staged.hash)).toBe(true);
    expect(staged.directory).toBe(temporary.store.directoryOf(staged.hash));
    expect((await listTree(staged.directory)).map(({ path }) => path)).toEqual(['run.sh', 'src/', 'src/main.mjs']);
    expect(await temporary.staged()).toEqual([]);
  });

  it('makes a later discard do nothing', async () => {
    await using temporary = await temporaryStore();
    const staged = await temporary.store.stage(files(), node);
    await staged.commit();
    await staged.commit();
    await staged.discard();
    expect(await temporary.store.has(staged.hash)).toBe(true);
  });

  it('of content that is there already succeeds and leaves what is there', async () => {
    await using temporary = await temporaryStore();
    const first = await temporary.store.stage(files(), node);
    await first.commit();
    const { ino } = await stat(first.directory);
    const second = await temporary.store.stage(files(), node);
    await second.commit();
    expect((await stat(second.directory)).ino).toBe(ino);
    expect(await temporary.staged()).toEqual([]);
  });

  it('may run many times at once with the same content', async () => {
    await using temporary = await temporaryStore();
    const staged = await Promise.all(Array.from({ length: 20 }, () => temporary.store.stage(files(), node)));
    await Promise.all(staged.map((artifact) => artifact.commit()));
    expect(await temporary.kept()).toEqual([staged[0]?.hash]);
    expect(await temporary.staged()).toEqual([]);
  });
});

describe('opening a store', () => {
  it('removes what a crash left in staging, read-only or not, and keeps what was committed', async () => {
    await using temporary = await temporaryStore();
    const kept = await temporary.store.stage(files(), node);
    await kept.commit();
    await temporary.store.stage([uploaded('a/b/c', 'x')], node);
    await writeFile(join(temporary.directory, 'staging', 'upload'), 'half');
    await mkdir(join(temporary.directory, 'staging', 'folder'));
    await symlink(temporary.store.directoryOf(kept.hash), join(temporary.directory, 'staging', 'link'));

    const reopened = new ArtifactStore(temporary.directory, defaultArtifactLimits);
    await reopened.open();
    expect(await temporary.staged()).toEqual([]);
    expect(await reopened.has(kept.hash)).toBe(true);
    expect(await readdir(reopened.directoryOf(kept.hash))).toHaveLength(2);
  });

  it('makes its folders for the server alone', async () => {
    await using temporary = await temporaryStore();
    for (const folder of ['artifacts', 'staging']) {
      expect((await stat(join(temporary.directory, folder))).mode & 0o777).toBe(0o700);
    }
  });

  it('never takes a name that is no hash for a path', async () => {
    await using temporary = await temporaryStore();
    expect(() => temporary.store.directoryOf('../../etc' as ArtifactHash)).toThrow(TypeError);
  });
});

describe('collection', () => {
  it('removes what is old and unused, and only that', async () => {
    await using temporary = await temporaryStore();
    const hashes: ArtifactHash[] = [];
    for (const text of ['old', 'used', 'young']) {
      const staged = await temporary.store.stage([uploaded('a/b', text)], node);
      await staged.commit();
      hashes.push(staged.hash);
    }
    const [old, used, young] = hashes as [ArtifactHash, ArtifactHash, ArtifactHash];
    await ageBy(temporary.directory, old, dayMs);
    await ageBy(temporary.directory, used, dayMs);
    expect(await temporary.store.collect(new Set([used]), hourMs)).toBe(1);
    expect([...(await temporary.kept())].sort()).toEqual([used, young].sort());
    expect(await temporary.staged()).toEqual([]);
  });

  it('gives old content a new grace time when it is committed again', async () => {
    await using temporary = await temporaryStore();
    const first = await temporary.store.stage(files(), node);
    await first.commit();
    await ageBy(temporary.directory, first.hash, dayMs);
    await (await temporary.store.stage(files(), node)).commit();
    expect(await temporary.store.collect(new Set(), hourMs)).toBe(0);
    expect(await temporary.store.has(first.hash)).toBe(true);
  });

  it('counts from when code was last found in use, not from its commit', async () => {
    await using temporary = await temporaryStore();
    const staged = await temporary.store.stage(files(), node);
    await staged.commit();
    await ageBy(temporary.directory, staged.hash, dayMs);
    expect(await temporary.store.collect(new Set([staged.hash]), hourMs)).toBe(0);
    expect(await temporary.store.collect(new Set(), hourMs)).toBe(0);
    expect(await temporary.store.has(staged.hash)).toBe(true);
    await ageBy(temporary.directory, staged.hash, dayMs);
    expect(await temporary.store.collect(new Set(), hourMs)).toBe(1);
  });

  it('never takes away what a commit at the same time has promised', async () => {
    await using temporary = await temporaryStore();
    for (let round = 0; round < 20; round += 1) {
      const first = await temporary.store.stage(files(), node);
      await first.commit();
      await ageBy(temporary.directory, first.hash, dayMs);
      const again = await temporary.store.stage(files(), node);
      await Promise.all(
        round % 2 === 0
          ? [temporary.store.collect(new Set(), hourMs), again.commit()]
          : [again.commit(), temporary.store.collect(new Set(), hourMs)],
      );
      expect(await temporary.store.has(again.hash)).toBe(true);
    }
  });
});

describe('receiving an archive', () => {
  it('saves what arrives until it is discarded', async () => {
    await using temporary = await temporaryStore();
    const received = await temporary.store.receive(Readable.from([Buffer.from('ab'), Buffer.from('c')]));
    expect(received.sizeBytes).toBe(3);
    expect((await stat(received.path)).size).toBe(3);
    await received.discard();
    await received.discard();
    expect(await temporary.staged()).toEqual([]);
  });

  it('stops at the first byte too many and leaves the stream to its owner', async () => {
    await using temporary = await temporaryStore({ uploadBytes: 4 });
    const stream = new PassThrough();
    const receiving = refusalOf(temporary.store.receive(stream));
    stream.write('12345');
    expect((await receiving).code).toBe('ARTIFACT_TOO_LARGE');
    expect(stream.destroyed).toBe(false);
    expect(await temporary.staged()).toEqual([]);
    stream.destroy();
  });

  it('accepts exactly the cap', async () => {
    await using temporary = await temporaryStore({ uploadBytes: 4 });
    expect((await temporary.store.receive(Readable.from([Buffer.from('1234')]))).sizeBytes).toBe(4);
  });

  it('that breaks off leaves nothing and tells why', async () => {
    await using temporary = await temporaryStore();
    const stream = new PassThrough();
    const receiving = temporary.store.receive(stream);
    const outcome = expect(receiving).rejects.toThrow('the client is gone');
    stream.write('123');
    stream.destroy(new Error('the client is gone'));
    await outcome;
    expect(await temporary.staged()).toEqual([]);
  });
});

describe('closing a store', () => {
  it('discards what is staged or received and keeps what is committed', async () => {
    await using temporary = await temporaryStore();
    const kept = await temporary.store.stage(files(), node);
    await kept.commit();
    await temporary.store.stage([uploaded('a')], node);
    await temporary.store.receive(Readable.from([Buffer.from('x')]));
    await temporary.store.close();
    expect(await temporary.staged()).toEqual([]);
    expect(await temporary.store.has(kept.hash)).toBe(true);
  });

  it('ends an upload that stands still', async () => {
    await using temporary = await temporaryStore();
    const stalled = new PassThrough();
    stalled.write('x');
    const receiving = refusalOf(temporary.store.receive(stalled));
    await temporary.store.close();
    expect((await receiving).code).toBe('DRAINING');
    expect(await temporary.staged()).toEqual([]);
  });

  it('refuses whatever comes later', async () => {
    await using temporary = await temporaryStore();
    await temporary.store.close();
    expect((await refusalOf(temporary.store.stage(files(), node))).code).toBe('DRAINING');
  });
});
