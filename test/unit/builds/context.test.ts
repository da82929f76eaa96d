import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { extract, type Header } from 'tar-stream';
import { contextEntries } from '../../../src/builds/context/context-files.ts';
import { contextTar } from '../../../src/builds/context/context-tar.ts';

const limits = { maxBytes: 1000, maxEntries: 20 };
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sraas-context-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const write = async (path: string, text: string, mode = 0o600): Promise<void> => {
  await mkdir(join(directory, path, '..'), { recursive: true });
  await writeFile(join(directory, path), text);
  await chmod(join(directory, path), mode);
};
const paths = async (): Promise<readonly string[]> => (await contextEntries(directory, limits)).map(({ path }) => path);

describe('the files of a build context', () => {
  it('are listed in the same order every time, folders before what is in them', async () => {
    await write('b/two', '2');
    await write('a', '1');
    await write('b/one', '1');
    expect(await paths()).toEqual(['a', 'b', 'b/one', 'b/two']);
  });

  it('lack what .dockerignore leaves out, and that file itself', async () => {
    await write('.dockerignore', '*.log\nsecret\n!secret/public\n');
    await write('a.log', '');
    await write('secret/key', '');
    await write('secret/public', '');
    await write('main.py', '');
    expect(await paths()).toEqual(['main.py', 'secret/public']);
  });

  it('are refused when they are too many bytes or too many entries', async () => {
    await write('a', 'x'.repeat(600));
    await write('b', 'x'.repeat(401));
    await expect(paths()).rejects.toMatchObject({ code: 'ARTIFACT_TOO_LARGE' });
    await write('b', 'x'.repeat(400));
    expect(await paths()).toEqual(['a', 'b']);
    for (let index = 0; index < 19; index += 1) await write(`c${index}`, '');
    await expect(paths()).rejects.toMatchObject({ code: 'ARTIFACT_TOO_LARGE' });
  });

  it('may be neither links nor anything else that is no file', async () => {
    await symlink('/etc/passwd', join(directory, 'link'));
    await expect(paths()).rejects.toMatchObject({
      code: 'INVALID_ARTIFACT',
      message: expect.stringContaining('"link"') as string,
    });
  });
});

describe('the tar of a build context', () => {
  const dockerfile = { path: '.sraas-1', text: 'FROM scratch\n' };

  async function unpack(entries: Awaited<ReturnType<typeof contextEntries>>): Promise<[Header, string][]> {
    const found: [Header, string][] = [];
    const reader = extract();
    // What goes wrong while packing shows where it is read.
    pipeline(contextTar({ directory, entries, dockerfile }), reader).catch(() => undefined);
    for await (const entry of reader) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      found.push([entry.header, Buffer.concat(chunks).toString()]);
    }
    return found;
  }

  it('has modes, owner and time of ours, whatever the files have', async () => {
    await write('plain', 'p', 0o4666);
    await write('bin/tool', 't', 0o6755);
    const unpacked = await unpack(await contextEntries(directory, limits));
    expect(unpacked.map(([{ name, mode, type }, text]) => [name, type, mode, text])).toEqual([
      ['.sraas-1', 'file', 0o644, 'FROM scratch\n'],
      ['.dockerignore', 'file', 0o644, '.dockerignore\n.sraas-1\n'],
      ['bin', 'directory', 0o755, ''],
      ['bin/tool', 'file', 0o755, 't'],
      ['plain', 'file', 0o644, 'p'],
    ]);
    const owners = new Set(unpacked.map(([{ uid, gid, mtime }]) => `${uid}:${gid} ${mtime.toISOString()}`));
    expect([...owners]).toEqual(['0:0 2000-01-01T00:00:00.000Z']);
  });

  it('is broken off when a file has become a link or another size', async () => {
    await write('a', 'abc');
    const entries = await contextEntries(directory, limits);
    await rm(join(directory, 'a'));
    await symlink('/etc/passwd', join(directory, 'a'));
    await expect(unpack(entries)).rejects.toThrow();
    await rm(join(directory, 'a'));
    await write('a', 'abcdef');
    await expect(unpack(entries)).rejects.toThrow();
  });

  it('lets go of its file when nobody reads it to the end', async () => {
    await write('a', 'x'.repeat(900));
    const tar = contextTar({ directory, entries: await contextEntries(directory, limits), dockerfile });
    tar.once('data', () => tar.destroy());
    await new Promise((resolve) => tar.once('close', resolve));
    expect(tar.destroyed).toBe(true);
  });
});
