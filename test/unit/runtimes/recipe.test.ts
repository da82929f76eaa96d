import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recipeHash } from '../../../src/runtimes/recipe.ts';

describe("a recipe's hash", () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sraas-recipe-'));
    await mkdir(join(directory, 'sub'));
    await writeFile(join(directory, 'Dockerfile'), 'FROM scratch\n');
    await writeFile(join(directory, 'sub/file'), 'x');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('is the same for the same paths and bytes, whatever their dates', async () => {
    const before = await recipeHash([directory]);
    await utimes(join(directory, 'Dockerfile'), 1, 1);
    expect(await recipeHash([directory])).toBe(before);
    expect(before).toMatch(/^[0-9a-f]{64}$/);
  });

  it('changes with a byte, a name, a new file and the further text', async () => {
    const seen = new Set([
      await recipeHash([directory]),
      await recipeHash([directory], 'a'),
      await recipeHash([directory], 'b'),
    ]);
    await writeFile(join(directory, 'sub/file'), 'y');
    seen.add(await recipeHash([directory]));
    await writeFile(join(directory, 'sub/other'), 'y');
    seen.add(await recipeHash([directory]));
    await rm(join(directory, 'sub/file'));
    seen.add(await recipeHash([directory]));
    expect(seen.size).toBe(6);
  });

  it('keeps texts apart that would read the same when joined', async () => {
    expect(await recipeHash([], 'ab', 'c')).not.toBe(await recipeHash([], 'a', 'bc'));
  });
});
