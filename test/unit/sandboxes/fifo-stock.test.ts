import { constants } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FifoStock, stockFolder } from '../../../src/sandboxes/fifo-stock.ts';

let directory: string;
let stock: FifoStock;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sraas-fifos-'));
  stock = new FifoStock(directory);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => join(directory, `fifo-${n}`));

describe('FIFOs that are made ahead', () => {
  it('are each another one, for any writer and one reader, also when many are wanted at once', async () => {
    const paths = names(40);
    await Promise.all(paths.map((path) => stock.makeAt(path)));
    const made = await Promise.all(paths.map((path) => stat(path)));
    expect(new Set(made.map(({ ino }) => ino)).size).toBe(40);
    for (const { mode } of made) {
      expect(mode & constants.S_IFMT).toBe(constants.S_IFIFO);
      expect(mode & 0o777).toBe(0o622);
    }
  });

  it('wait where nobody else can come, and are gone when the stock is closed', async () => {
    expect(await readdir(directory)).toEqual([]);
    await stock.makeAt(join(directory, 'first'));
    expect((await stat(join(directory, stockFolder))).mode & 0o777).toBe(0o700);
    await stock.close();
    expect(await readdir(directory)).toEqual(['first']);
  });

  it('are made beside those that an earlier process has left', async () => {
    await stock.makeAt(join(directory, 'first'));
    await new FifoStock(directory).makeAt(join(directory, 'second'));
    expect((await readdir(directory)).toSorted()).toEqual([stockFolder, 'first', 'second'].toSorted());
  });

  it('are made anew after somebody has removed them', async () => {
    const paths = names(3);
    for (const path of paths) {
      await stock.makeAt(path);
      await rm(join(directory, stockFolder), { recursive: true, force: true });
    }
    const made = await Promise.all(paths.map((path) => stat(path)));
    expect(made.map(({ mode }) => mode & constants.S_IFMT)).toEqual(paths.map(() => constants.S_IFIFO));
  });
});
