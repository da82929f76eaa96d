// RX-47: a few kilobytes that unpack to more than there is, inside the function.
// Barrier: the function's own limits. Expected: out_of_memory, timeout or handler_error inside; nothing outside.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

/** Members of a gzip file may follow each other: 100 of 16 MiB of zeros each take 1.6 MB. */
const bomb = `import zlib from 'node:zlib';
  import { createWriteStream } from 'node:fs';
  import { Readable } from 'node:stream';
  import { pipeline } from 'node:stream/promises';
  const bomb = () => { const member = zlib.gzipSync(Buffer.alloc(1 << 24)); return Array(100).fill(member) };`;
const limits = { memory_mb: 96, tmp_mb: 16, timeout_ms: 8000, cpus: 2 };

describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
  it('unpacked in memory it is out of memory', async () => {
    const source = `${bomb} export const handler = () => zlib.gunzipSync(Buffer.concat(bomb())).length`;
    const reply = await arena.run(source, { config: { isolation, limits } });
    expect(reply).toMatchObject({ result: null, invocation: { outcome: 'out_of_memory' } });
  });

  it('unpacked into /tmp it meets ENOSPC', async () => {
    const source = `${bomb} export const handler = () =>
      pipeline(Readable.from(bomb()), zlib.createGunzip(), createWriteStream('/tmp/unpacked'))`;
    const reply = await arena.run(source, { config: { isolation, limits } });
    expect(reply.error).toMatch(/^Error: (ENOSPC|EFBIG)/);
    expect(reply.invocation.outcome).toBe('handler_error');
  });
});
