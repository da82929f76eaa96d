// RX-05, RX-07: memory that a garbage collector manages, and memory of a child.
// Barrier: the memory limit without swap, and V8's own below it. Expected: out_of_memory for the shim's process; for a child
// the result is still the handler's.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

const objects =
  'export const handler = () => { const hoard = []; for (;;) hoard.push({ a: [hoard.length], b: String(hoard.length) }) }';
const strings =
  'export const handler = () => { let text = "x"; const hoard = []; for (;;) hoard.push((text += "x".repeat(1000)) + hoard.length, [...text]) }';
const buffers = 'export const handler = () => { const hoard = []; for (;;) hoard.push(Buffer.alloc(1 << 20, 1)) }';
const hungryChild = `import { spawnSync } from 'node:child_process';
  export const handler = () => {
    const { status, signal } = spawnSync('/usr/bin/perl', ['-e', 'my @hoard; push @hoard, "x" x (1 << 20) for 1..1024']);
    return { status, signal };
  }`;

describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
  it.each([
    ['objects', objects],
    ['strings', strings],
    ['buffers', buffers],
  ])('a hoard of %s is out of memory', async (_title, source) => {
    const limits = { memory_mb: 96, cpus: 2 };
    const reply = await arena.run(source, { config: { isolation, limits } });
    expect(reply).toMatchObject({ result: null, invocation: { outcome: 'out_of_memory' } });
    expect(reply.error).toMatch(/^Out of memory: .* 96 MB\.$/);
    expect([134, 137]).toContain(reply.invocation.exit_code);
  });

  it('a child that is killed for its memory leaves the handler its say', async () => {
    const name = await arena.deploy(hungryChild, { isolation, limits: { memory_mb: 96, cpus: 2 } });
    const reply = await arena.client.invoke(name);
    expect(reply).toMatchObject({ result: { status: null, signal: 'SIGKILL' }, invocation: { outcome: 'ok' } });
    expect(reply.invocation.max_memory_bytes).toBeLessThanOrEqual(96 * 1024 * 1024);
  });
});
