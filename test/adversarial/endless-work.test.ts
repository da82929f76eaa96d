// RX-26, RX-28, RX-29, RX-32: work that never ends, in each of the ways that keep a program from noticing a timer of its own.
// Barrier: the host's timer and SIGKILL. Expected: timeout, within the limit and a grace; the container goes at once.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

const timeoutMs = 500;
/** What the kill itself may take: it goes through the engine, which is busy with other sandboxes here. */
const graceMs = 5000;

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

const busyWorker = `import { Worker } from 'node:worker_threads';
  export const handler = () => { new Worker('while (true);', { eval: true }); return new Promise(() => {}) }`;

describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
  it.each([
    ['a bare loop', 'export const handler = () => { while (true); }'],
    [
      'setImmediate again and again',
      'export const handler = () => new Promise(() => { (function go() { setImmediate(go) })() })',
    ],
    [
      'process.nextTick again and again',
      'export const handler = () => new Promise(() => { (function go() { process.nextTick(go) })() })',
    ],
    ['microtasks again and again', 'export const handler = async () => { for (;;) await undefined }'],
    ['a busy worker', busyWorker],
    ['Atomics.wait', 'export const handler = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'],
    ['a catastrophic regular expression', 'export const handler = () => /^(a+)+$/.test("a".repeat(60) + "b")'],
  ])('%s ends at the deadline', async (_title, source) => {
    const began = performance.now();
    const reply = await arena.run(source, { config: { isolation, limits: { timeout_ms: timeoutMs } } });
    const tookMs = performance.now() - began - reply.invocation.init_ms;
    expect(reply).toMatchObject({ result: null, invocation: { outcome: 'timeout' } });
    expect(reply.error).toContain(`within ${timeoutMs} ms`);
    expect(reply.duration_ms).toBeGreaterThan(timeoutMs * 0.9);
    expect(tookMs).toBeLessThan(timeoutMs + graceMs);
  });
});
