// PR-35, 37, 38, 40: anything can be thrown, and anywhere.
// Barrier: describing an error is total and bounded. Expected: handler_error with a text of at most 64 KiB for each; a failure
// beside the handler ends its own call, and the sandbox never serves again.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

const maxErrorBytes = 65_536;

it('PR-35, PR-37, PR-38: whatever is thrown, the outcome is handler_error with a bounded text', async () => {
  const name = await arena.deploy(
    `const chain = (length) => { let error = new Error('deepest'); for (let i = 0; i < length; i++) error = new Error('level ' + i, { cause: error }); return error };
     const trap = () => { throw new Error('trap') };
     const makers = {
       null: () => null, undefined: () => undefined, zero: () => 0, 'empty text': () => '', text: () => 'text', symbol: () => Symbol('s'), bigint: () => 10n,
       function: () => function thrown() {}, frozen: () => Object.freeze(new Error('frozen')), bare: () => Object.create(null),
       proxy: () => new Proxy({}, { get: trap, getPrototypeOf: trap, ownKeys: trap, has: trap }),
       revoked: () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy },
       'throwing getters': () => Object.defineProperties(new Error(), { message: { get: trap }, stack: { get: trap }, name: { get: trap }, cause: { get: trap } }),
       'odd members': () => Object.assign(new Error(), { message: { toString: trap }, stack: 7, name: Symbol('n'), errors: 5 }),
       'its own cause': () => { const error = new Error('loop'); error.cause = error; return error },
       'a long chain': () => chain(100_000),
       'many errors': () => new AggregateError(Array.from({ length: 100_000 }, (_, i) => new Error('e' + i)), 'many'),
       'a long message': () => new Error('x'.repeat(20_000_000)),
       'a thenable': () => ({ then: (resolve) => resolve('not a result') }),
       'escapes': () => new Error('\\u001b[2J\\u0000\\ud800'),
     };
     export const names = Object.keys(makers);
     export const handler = ({ what, rejected }) => { if (!what) return names; if (rejected) return Promise.reject(makers[what]()); throw makers[what]() }`,
  );
  const names = (await arena.client.invoke(name)).result as readonly string[];
  expect(names.length).toBeGreaterThan(15);
  for (const what of names) {
    for (const rejected of [false, true]) {
      const reply = await arena.client.invoke(name, { event: { what, rejected } });
      expect(reply, what).toMatchObject({ result: null, logs: '', invocation: { outcome: 'handler_error' } });
      expect(reply.error, what).toMatch(/./);
      expect(Buffer.byteLength(reply.error ?? ''), what).toBeLessThanOrEqual(maxErrorBytes);
    }
  }
  // None of it has cost the sandbox.
  expect((await arena.client.invoke(name)).invocation.cold_start).toBe(false);
});

it.each([
  ['an uncaught exception', `setTimeout(() => { throw new Error('beside') }, 10)`],
  ['an unhandled rejection', `Promise.reject(new Error('beside'))`],
  [
    'an error event that nobody listens to',
    `setTimeout(() => new EventEmitter().emit('error', new Error('beside')), 10)`,
  ],
  ['a worker that throws', `new Worker('throw new Error("beside")', { eval: true })`],
])('PR-40: %s during a call fails this call, and the next is served by another sandbox', async (_title, statement) => {
  const name = await arena.deploy(
    `import { EventEmitter } from 'node:events'; import { Worker } from 'node:worker_threads';
     export const handler = ({ fail }) => { if (!fail) return 'served'; ${statement}; return new Promise(() => {}) }`,
  );
  expect((await arena.client.invoke(name)).result).toBe('served');
  const failed = await arena.client.invoke(name, { event: { fail: true } });
  expect(failed).toMatchObject({
    result: null,
    error: expect.stringMatching(/beside/) as string,
    invocation: { outcome: 'handler_error' },
  });
  expect(await arena.client.invoke(name)).toMatchObject({
    result: 'served',
    error: null,
    invocation: { cold_start: true },
  });
});
