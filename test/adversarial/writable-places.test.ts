// RX-13, RX-14: a file in every directory there is.
// Barrier: the read-only root file system, no shared memory, no message queues. Expected: only /tmp takes one.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';
import { serverKinds } from '../support/server-kinds.ts';

describe.each(serverKinds)('on a server that $title', ({ settings }) => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena(settings);
  });
  afterEach(() => arena.aftermath());
  afterAll(() => arena[Symbol.asyncDispose]());

  const everywhere = `import { readdirSync, unlinkSync, writeFileSync } from 'node:fs';
  export const handler = () => {
    const accepted = [];
    let tried = 0;
    const visit = (directory) => {
      tried++;
      try { writeFileSync(directory + '/planted', 'x'); accepted.push(directory); unlinkSync(directory + '/planted') } catch {}
      let entries = [];
      try { entries = readdirSync(directory, { withFileTypes: true }) } catch {}
      for (const entry of entries) {
        // Of the many processes and threads one is enough.
        if (/^\\/proc$/.test(directory) && /^[0-9]+$/.test(entry.name) && entry.name !== String(process.pid)) continue;
        if (entry.isDirectory()) visit((directory === '/' ? '' : directory) + '/' + entry.name);
      }
    };
    visit('/');
    return { tried, accepted };
  }`;
  const sharedMemory = `import { existsSync } from 'node:fs';
  export const handler = () => ['/dev/shm', '/run/shm'].filter((path) => existsSync(path))`;

  describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
    it('only /tmp takes a file', async () => {
      const limits = { cpus: 2, timeout_ms: 20_000 };
      const { result } = await arena.run(everywhere, { config: { isolation, limits } });
      expect(result).toMatchObject({ accepted: ['/tmp'] });
      expect((result as { tried: number }).tried).toBeGreaterThan(500);
    });

    it('there is no shared memory', async () => {
      expect((await arena.run(sharedMemory, { config: { isolation } })).result).toEqual([]);
    });
  });
});
