// RX-20: values that are cheap to have and dear to print.
// Barrier: printing happens in the sandbox, under its limits; the host sees bytes. Expected: bounded logs; ok, timeout or
// out_of_memory inside, nothing outside.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
  it.each([
    ['a text of 200 MB', 'console.log("x".repeat(200_000_000))'],
    ['a buffer of 200 MB', 'console.log(Buffer.alloc(200_000_000))'],
    [
      'an object of a million keys',
      'console.log(Object.fromEntries(Array.from({ length: 1_000_000 }, (_, i) => [i, i])))',
    ],
    ['a proxy with 1,000,000,000 keys', 'console.log(new Proxy({}, { ownKeys: () => ({ length: 1e9 }) }))'],
    ['a thousand million holes', 'console.log(new Array(1e9))'],
    [
      'an object that prints without end',
      'const util = await import("node:util"); console.log({ get [util.inspect.custom]() { return () => { for (;;); } } })',
    ],
  ])('console.log of %s stays inside', async (_title, statement) => {
    const source = `export const handler = async () => { ${statement}; return 'printed' }`;
    const limits = { log_bytes: 50_000, timeout_ms: 1000, cpus: 1 };
    const reply = await arena.run(source, { config: { isolation, limits } });
    const bounded = ['ok', 'timeout', 'out_of_memory', 'exited', 'handler_error'] as const;
    expect(bounded).toContain(reply.invocation.outcome);
    expect(Buffer.byteLength(reply.logs)).toBeLessThan(50_100);
    await arena.aftermath(bounded);
  });
});
