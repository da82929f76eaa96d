// RX-31: a promise that nobody will ever settle, with nothing left to do.
// Barrier: the host's timer; the shim's channel keeps the process from ending by itself. Expected: timeout, always.
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
    ['nothing at all', 'export const handler = () => new Promise(() => {})'],
    [
      'an unref’d timer',
      'export const handler = () => new Promise((resolve) => { setTimeout(resolve, 60_000).unref() })',
    ],
    ['a callback that is never called', 'export const handler = (event, context, callback) => { void callback }'],
    ['a thenable that never answers', 'export const handler = () => ({ then() {} })'],
  ])('waiting for %s ends at the deadline', async (_title, source) => {
    const reply = await arena.run(source, { config: { isolation, limits: { timeout_ms: 500 } } });
    expect(reply).toMatchObject({ result: null, invocation: { outcome: 'timeout', exit_code: null } });
  });
});
