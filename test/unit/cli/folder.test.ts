import { chmod, mkdir, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { collectFiles } from '../../../src/cli/folder/collect-files.ts';
import { findEntry } from '../../../src/cli/folder/default-handler.ts';
import { ignoreRules } from '../../../src/cli/folder/ignore-rules.ts';
import { packFiles } from '../../../src/cli/folder/pack.ts';
import { temporaryFolder } from './temporary-folder.ts';

const pathsOf = async (folder: string): Promise<readonly string[]> =>
  (await collectFiles(folder, 'DIR')).map(({ path }) => path);

describe('collecting the files of a folder', () => {
  it('leaves out version control, its own files and what .sraasignore names', async () => {
    const folder = await temporaryFolder({
      'index.mjs': '',
      'lib/deep/a.js': '',
      'sraas.json': '{}',
      'lib/sraas.json': '{}',
      '.git/HEAD': '',
      '.sraas/state': '',
      'lib/.DS_Store': '',
      'debug.log': '',
      'lib/debug.log': '',
      'secret.txt': '',
      'build/output/x': '',
      'lib/build/output/x': '',
      'node_modules/.bin/tool': '',
      'node_modules/one/index.js': '',
      'node_modules/one/node_modules/.bin/tool': '',
      '.sraasignore': '# comment\n*.log\nsecret.txt\n\nbuild/output/\n',
    });
    expect(await pathsOf(folder)).toStrictEqual([
      'index.mjs',
      'lib/build/output/x',
      'lib/deep/a.js',
      'lib/sraas.json',
      'node_modules/one/index.js',
    ]);
  });

  it('refuses a symbolic link by name, also one that leads to a folder', async () => {
    const folder = await temporaryFolder({ 'index.mjs': '' });
    await mkdir(join(folder, 'lib'));
    await symlink('/etc', join(folder, 'lib', 'etc'));
    await expect(pathsOf(folder)).rejects.toThrow('lib/etc is a symbolic link');
  });

  it('says that a folder is missing, or none', async () => {
    const folder = await temporaryFolder({ file: '' });
    await expect(pathsOf(join(folder, 'nowhere'))).rejects.toThrow('There is no folder DIR.');
    await expect(pathsOf(join(folder, 'file'))).rejects.toThrow('DIR is not a folder');
  });

  it.each(['!keep', 'a*b', '**/x', '*.t[xs]', '/', 'a?'])('refuses the rule %s with its line', (rule) => {
    expect(() => ignoreRules(`one\n${rule}`)).toThrow(/line 2/);
  });
});

describe('packing', () => {
  it('holds every file with its content and whether it is executable', async () => {
    const folder = await temporaryFolder({ 'a.txt': 'one', 'lib/b.sh': 'two' });
    await chmod(join(folder, 'lib/b.sh'), 0o700);
    const entries: (readonly [string, number | undefined, string])[] = [];
    const unpack = extract();
    unpack.end(gunzipSync(await packFiles(await collectFiles(folder, 'DIR'))));
    for await (const entry of unpack) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      entries.push([entry.header.name, entry.header.mode, Buffer.concat(chunks).toString()]);
    }
    expect(entries).toStrictEqual([
      ['a.txt', 0o644, 'one'],
      ['lib/b.sh', 0o755, 'two'],
    ]);
  });

  it('gives the same bytes whatever the times of the files', async () => {
    const folder = await temporaryFolder({ 'a.txt': 'one' });
    const first = await packFiles(await collectFiles(folder, 'DIR'));
    await utimes(join(folder, 'a.txt'), 1, 1);
    expect(Buffer.compare(first, await packFiles(await collectFiles(folder, 'DIR')))).toBe(0);
  });

  it('fails when a file is gone meanwhile', async () => {
    const folder = await temporaryFolder({ 'a.txt': 'one' });
    const files = (await collectFiles(folder, 'DIR')).map((file) => ({ ...file, absolutePath: join(folder, 'gone') }));
    await expect(packFiles(files)).rejects.toThrow('ENOENT');
  });
});

describe('finding the handler', () => {
  it.each([
    [['index.mjs', 'main.js'], 'index.handler', 'node24'],
    [['main.js', 'handler.ts'], 'main.handler', 'node24'],
    [['app.py'], 'app.handler', 'python3.13'],
    [['greeter.cts'], 'greeter.handler', 'node24'],
    [['index.py', 'index.cjs'], 'index.handler', 'node24'],
  ])('finds it among %j', (paths, handler, runtime) => {
    expect(findEntry('/somewhere/greeter', paths, {})).toStrictEqual({ handler, runtime });
  });

  it('looks for files of the runtime that was asked for', () => {
    const paths = ['index.mjs', 'main.py'];
    expect(findEntry('/x', paths, { runtime: 'python3.11' }).handler).toBe('main.handler');
    expect(findEntry('/x', paths, { runtime: 'node22' })).toStrictEqual({
      runtime: 'node22',
      handler: 'index.handler',
    });
  });

  it('takes the runtime from the file of a handler that was given', () => {
    expect(findEntry('/x', ['pkg/mod.py'], { handler: 'pkg/mod.run' }).runtime).toBe('python3.13');
    expect(findEntry('/x', ['pkg/mod.py'], { handler: 'pkg.mod.run' }).runtime).toBe('python3.13');
    expect(findEntry('/x', ['pkg/__init__.py'], { handler: 'pkg.run' }).runtime).toBe('python3.13');
    expect(findEntry('/x', ['src/app.mjs'], { handler: 'src/app.run' }).runtime).toBe('node24');
  });

  it('takes a Dockerfile where it was asked for, and where there is no handler', () => {
    const paths = ['Dockerfile', 'index.mjs'];
    expect(findEntry('/x', paths, {})).toStrictEqual({ runtime: 'node24', handler: 'index.handler' });
    expect(findEntry('/x', paths, { runtime: 'dockerfile' })).toStrictEqual({ runtime: 'dockerfile' });
    const given = { runtime: 'dockerfile', handler: 'index.run' };
    expect(findEntry('/x', paths, given)).toStrictEqual(given);
    expect(findEntry('/x', ['Dockerfile', 'main.sh'], {})).toStrictEqual({ runtime: 'dockerfile' });
    expect(() => findEntry('/x', ['Dockerfile'], { runtime: 'node24' })).toThrow('There is no handler');
  });

  it('looks for what a custom runtime runs', () => {
    const paths = ['index.mjs', 'main.py'];
    expect(findEntry('/x', paths, { runtime: 'mine', language: 'python' }).handler).toBe('main.handler');
    expect(findEntry('/x', paths, { runtime: 'mine', language: 'node' }).handler).toBe('index.handler');
    expect(findEntry('/x', paths, { runtime: 'mine', language: 'none' })).toStrictEqual({ runtime: 'mine' });
  });

  it('says what it looked for when there is none', () => {
    expect(() => findEntry('/somewhere/greeter', ['README.md', 'index.d.ts'], {})).toThrow(
      /index, main, .*greeter.*--handler/,
    );
  });
});
