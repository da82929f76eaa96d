import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { bundle, killAtOnce, startProgram } from './child-process.ts';
import { draft } from './drafts.ts';
import { openUntilFinished, temporaryDirectory } from './temporary-store.ts';

describe('a store whose process is killed', () => {
  let program: Awaited<ReturnType<typeof bundle>>;
  beforeAll(async () => {
    program = await bundle(new URL('./publish-and-wait.ts', import.meta.url));
  });
  afterAll(() => program.remove());

  it('has every version that was acknowledged, 20 kills in a row', { timeout: 60_000 }, async () => {
    const directory = await temporaryDirectory();
    for (let round = 1; round <= 20; round += 1) {
      await killAtOnce(await startProgram(program.path, directory, 'hello', `round ${round}`));
      expect(existsSync(join(directory, 'sraas.db-wal'))).toBe(true);
    }
    const { functions } = await openUntilFinished({ directory });
    for (let round = 1; round <= 20; round += 1) {
      expect((await functions.findVersion('hello', round))?.artifactHash).toBe(
        draft('hello', `round ${round}`).artifactHash,
      );
    }
    expect((await functions.find('hello'))?.latest.number).toBe(20);
  });

  it('keeps its directory to itself until then', { timeout: 30_000 }, async () => {
    const directory = await temporaryDirectory();
    const child = await startProgram(program.path, directory, 'hello', 'code');
    await expect(openSqliteStore({ directory })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: `Another server uses the data directory ${directory}: stop it, or give this one a directory of its own.`,
    });
    await killAtOnce(child);
    const { functions } = await openUntilFinished({ directory });
    expect(await functions.find('hello')).toBeDefined();
  });
});
