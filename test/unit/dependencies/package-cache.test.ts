import { readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { defaultArtifactLimits } from '../../../src/artifacts/upload.ts';
import { PackageCache } from '../../../src/dependencies/package-cache.ts';
import { tarOf } from '../../support/package-archives.ts';
import { temporaryFolder } from './fixture.ts';

const key = (digit: string): string => digit.repeat(64);
const dayMs = 86_400_000;

async function openCache(
  directory: string,
  limits: { maxBytes?: number; maxAgeMs?: number } = {},
): Promise<PackageCache> {
  const options = { limits: defaultArtifactLimits, packedBytes: 1_000_000, maxBytes: 1_000_000, maxAgeMs: dayMs };
  const cache = new PackageCache({ directory, ...options, ...limits });
  await cache.open();
  onTestFinished(() => cache.close());
  return cache;
}

async function keep(cache: PackageCache, name: string, content: string): Promise<void> {
  const path = cache.archivePath();
  await writeFile(path, await tarOf({ 'node_modules/a/index.js': content }));
  await cache.keep(name, path);
  await rm(path);
}

async function usedBefore(directory: string, name: string, ageMs: number): Promise<void> {
  const at = new Date(Date.now() - ageMs);
  await utimes(join(directory, 'keys', `${name}.json`), at, at);
}

describe('installed packages', () => {
  it('are found by their key, and again after a restart', async () => {
    const directory = await temporaryFolder();
    const first = await openCache(directory);
    await keep(first, key('a'), 'one');
    await first.close();
    const second = await openCache(directory);
    const packages = await second.find(key('a'));
    expect(packages?.files.map(({ path }) => path)).toEqual(['node_modules/a/index.js']);
    expect(packages && (await readdir(second.directoryOf(packages)))).toEqual(['node_modules']);
    expect(await second.find(key('b'))).toBeUndefined();
  });

  it('go when nobody has used them for so long, and the least recently used when they take too much', async () => {
    const directory = await temporaryFolder();
    const cache = await openCache(directory, { maxBytes: 250 });
    for (const name of ['a', 'b', 'c', 'd']) await keep(cache, key(name), name.repeat(100));
    await usedBefore(directory, key('a'), dayMs / 2);
    await usedBefore(directory, key('b'), dayMs / 4);
    await usedBefore(directory, key('c'), dayMs / 3);
    await usedBefore(directory, key('d'), dayMs * 2);
    await cache.prune();
    const found = await Promise.all(['a', 'b', 'c', 'd'].map((name) => cache.find(key(name))));
    expect(found.map((packages) => packages !== undefined)).toEqual([false, true, true, false]);
    expect(await readdir(join(directory, 'artifacts'))).toHaveLength(2);
  });

  it('stay while they may just be copied into a function, whatever they take', async () => {
    const cache = await openCache(await temporaryFolder(), { maxBytes: 0 });
    await keep(cache, key('a'), 'content');
    await cache.prune();
    expect(await cache.find(key('a'))).toBeDefined();
  });

  it('are not found when a crash left a half of them', async () => {
    const directory = await temporaryFolder();
    const first = await openCache(directory);
    await keep(first, key('a'), 'one');
    await first.close();
    await writeFile(join(directory, 'keys', `${key('b')}.json`), '{"hash": "');
    await writeFile(join(directory, 'incoming', 'half.tar'), 'x');
    await rm(join(directory, 'artifacts'), { recursive: true, force: true });
    const second = await openCache(directory);
    expect(await second.find(key('a'))).toBeUndefined();
    expect(await second.find(key('b'))).toBeUndefined();
    expect(await readdir(join(directory, 'incoming'))).toEqual([]);
  });

  it('are refused when they hold what an upload may not', async () => {
    const cache = await openCache(await temporaryFolder());
    const path = cache.archivePath();
    await writeFile(path, await tarOf({ '../outside': 'x' }));
    await expect(cache.keep(key('a'), path)).rejects.toMatchObject({ code: 'INVALID_ARTIFACT' });
    expect(await cache.find(key('a'))).toBeUndefined();
  });
});
