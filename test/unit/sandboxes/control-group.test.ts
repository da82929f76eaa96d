import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { makeSandboxGroup } from '../../../src/sandboxes/control-group.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sraas-groups-'));
  onTestFinished(() => rm(root, { recursive: true }));
});

/** A folder with the files that the kernel puts into each group. */
async function group(path: string, files: readonly string[]): Promise<void> {
  await mkdir(join(root, path), { recursive: true });
  for (const file of files) await writeFile(join(root, path, file), '');
}

describe('the control group of all sandboxes', () => {
  it('gets its share in the words of version 1', async () => {
    await group('cpu/sraas', ['cpu.shares']);
    await makeSandboxGroup(1, 8, root);
    expect(await readFile(join(root, 'cpu/sraas/cpu.shares'), 'utf8')).toBe('8192');
  });

  it('gets its share in the words of version 2, of a root that hands the controller on', async () => {
    await group('', ['cgroup.subtree_control']);
    await group('sraas', ['cpu.weight']);
    await makeSandboxGroup(2, 8, root);
    expect(await readFile(join(root, 'cgroup.subtree_control'), 'utf8')).toBe('+cpu');
    expect(await readFile(join(root, 'sraas/cpu.weight'), 'utf8')).toBe('800');
  });

  it.each([1, 2] as const)('is not made where version %s is not mounted', async (version) => {
    await expect(makeSandboxGroup(version, 8, join(root, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(root)).toEqual([]);
  });

  it('is no ordinary folder with ordinary files', async () => {
    await group('cpu', []);
    await expect(makeSandboxGroup(1, 8, root)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(join(root, 'cpu'), { recursive: true })).toEqual(['sraas']);
  });
});
