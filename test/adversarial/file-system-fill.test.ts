// RX-10: all of /tmp, by its bytes and by its number of files.
// Barrier: size and inode count of the tmpfs. Expected: ENOSPC in the function, told as handler_error.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

const bytes = `import { appendFileSync } from 'node:fs';
  export const handler = () => { for (;;) appendFileSync('/tmp/' + Math.random(), Buffer.alloc(1 << 20)) }`;
const empty = `import { writeFileSync } from 'node:fs';
  export const handler = () => { for (let i = 0; i < 1_000_000; i++) writeFileSync('/tmp/' + i, '') }`;
const links = `import { symlinkSync } from 'node:fs';
  export const handler = () => { for (let i = 0; i < 1_000_000; i++) symlinkSync('x'.repeat(4000), '/tmp/' + i) }`;

describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
  it.each([
    ['bytes without end', bytes],
    ['a million empty files', empty],
    ['a million long links', links],
  ])('%s meet ENOSPC', async (_title, source) => {
    const reply = await arena.run(source, { config: { isolation, limits: { tmp_mb: 8, cpus: 2 } } });
    expect(reply.error).toMatch(/^Error: ENOSPC/);
    expect(reply.invocation.outcome).toBe('handler_error');
  });
});
