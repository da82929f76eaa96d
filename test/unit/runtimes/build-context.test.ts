import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildContext } from '../../../src/runtimes/build-context.ts';

describe('a build context', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sraas-context-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('is the same tar for the same files, so that the build cache knows them', async () => {
    const source = join(directory, 'a');
    await writeFile(source, 'text');
    const first = await buffer(buildContext([{ name: 'Dockerfile', source, executable: true }]));
    await writeFile(source, 'text');
    expect(await buffer(buildContext([{ name: 'Dockerfile', source, executable: true }]))).toEqual(first);
    expect(first.toString('latin1', 0, 108)).toMatch(/^Dockerfile\0+000755 \0$/);
  });

  it('fails when a file is not there, rather than ending early', async () => {
    const context = buildContext([{ name: 'a', source: join(directory, 'missing') }]);
    await expect(buffer(context)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
