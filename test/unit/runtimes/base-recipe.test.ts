import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { builtInRuntimes } from '../../../src/runtimes/runtime.ts';
import { runtimeRecipe } from '../../../src/runtimes/runtime-image.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sraas-images-'));
  await cp(join(import.meta.dirname, '../../../images'), directory, { recursive: true });
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** The runtimes whose images a changed file puts out of date. */
async function outdatedBy(file: string): Promise<readonly string[]> {
  const recipes = (): Promise<readonly string[]> =>
    Promise.all(builtInRuntimes.map((runtime) => runtimeRecipe(directory, runtime)));
  const before = await recipes();
  await appendFile(join(directory, file), '# changed\n');
  const after = await recipes();
  return builtInRuntimes.filter((_runtime, index) => before[index] !== after[index]).map(({ name }) => name);
}

it.each([
  ['base/make-root.sh', ['node24', 'node22', 'python3.13', 'python3.11']],
  ['base/python.Dockerfile', ['python3.13', 'python3.11']],
  ['base/node.Dockerfile', ['node24', 'node22']],
  ['python3.11/Dockerfile', ['python3.11']],
])('a change of %s puts out of date what is made from it: %j', async (file, names) => {
  expect(await outdatedBy(file)).toEqual(names);
});
