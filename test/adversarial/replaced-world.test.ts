// PR-26, 28, 29, 31, 34: user code replaces the language and Node under the shim, and reaches for its insides.
// Barrier: the shim holds what it needs from before user code was loaded, and there is nothing secret in it. Expected: own results
// at most; the reply stays whole, and the host and everybody else notice nothing.
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

  it.each([
    ['PR-26: JSON.stringify', `JSON.stringify = () => '{}'`],
    ['PR-26: JSON', `JSON.parse = () => 'forged'; globalThis.JSON = null`],
    ['PR-28: Promise', `Promise.prototype.then = () => 'forged'; Promise.resolve = null; globalThis.Promise = null`],
    ['PR-29: the iterator of arrays', `Array.prototype[Symbol.iterator] = function* () { yield 'forged' }`],
    [
      'PR-29: accessors',
      `for (const key of ['error', 'status', 'id', 'reusable', 'duration_ms', 'then']) Object.defineProperty(Object.prototype, key, { get: () => undefined, set: () => {}, configurable: true })`,
    ],
    [
      'PR-31: Error.prepareStackTrace',
      `Error.prepareStackTrace = () => { throw new Error('forged') }; Error.stackTraceLimit = 1e9`,
    ],
    [
      'PR-31: Buffer',
      `Buffer.from = Buffer.concat = Buffer.alloc = Buffer.allocUnsafe = () => 'forged'; globalThis.Buffer = null`,
    ],
    ['PR-31: the emitter', `(await import('node:events')).EventEmitter.prototype.emit = () => true`],
    [
      'PR-31: modules',
      `const m = (await import('node:module')).default; m._load = m._resolveFilename = () => 'forged'; for (const k of Object.keys(m._cache)) delete m._cache[k]`,
    ],
    [
      'clocks and timers',
      `performance.now = Date.now = () => -1e12; globalThis.setImmediate = globalThis.setTimeout = () => {}`,
    ],
  ])('a replaced %s changes no result, on this call and the next', async (_title, statement) => {
    const name = await arena.deploy(
      `let done = false; export const handler = async (event) => { if (!done) { done = true; ${statement} } return ['real', event.n] }`,
    );
    for (const n of [1, 2]) {
      const reply = await arena.client.invoke(name, { event: { n } });
      expect(reply).toMatchObject({ result: ['real', n], error: null, logs: '', invocation: { outcome: 'ok' } });
      expect(reply.duration_ms).toBeGreaterThanOrEqual(0);
    }
  });

  it('PR-29: a toJSON of all objects changes the own result, and nothing around it', async () => {
    const reply = await arena.run(
      `export const handler = () => { Object.defineProperty(Object.prototype, 'toJSON', { value: () => 'changed' }); return { a: 1 } }`,
    );
    expect(reply).toMatchObject({
      result: 'changed',
      error: null,
      logs: '',
      invocation: { outcome: 'ok', function: reply.name },
    });
  });

  it('PR-31: a patched socket sees the frames of its own calls, and nothing else', async () => {
    const name = await arena.deploy(
      `import net from 'node:net'; const seen = [];
     const { write } = net.Socket.prototype;
     net.Socket.prototype.write = function (chunk, ...rest) { seen.push(String(chunk)); return write.call(this, chunk, ...rest) };
     const text = (value, depth = 0) => { const seenHere = []; if (depth > 3 || value === null || typeof value !== 'object') return String(value);
       for (const key of Reflect.ownKeys(value)) { try { seenHere.push(text(value[key], depth + 1)) } catch {} } return seenHere.join() };
     export const handler = () => [seen, process._getActiveHandles().map((handle) => text(handle)).join().slice(0, 200_000)]`,
    );
    await arena.client.invoke(name);
    const { result, invocation } = await arena.client.invoke(name);
    expect(invocation.outcome).toBe('ok');
    // No id but those of its own calls.
    const ids = new Set(JSON.stringify(result).match(/[\da-f]{8}-[\da-f]{4}-4[\da-f-]{22}/g) ?? []);
    expect(ids.size).toBeLessThanOrEqual(2);
  });

  it('PR-31: what the shim answers with cannot be reached by a replaced write', async () => {
    const name = await arena.deploy(
      `import net from 'node:net'; net.Socket.prototype.write = () => { throw new Error('forged') };
     export const handler = () => 'real'`,
    );
    for (const _ of [1, 2]) expect((await arena.client.invoke(name)).result).toBe('real');
  });

  it.each([
    [
      'calls both callbacks',
      `({ then(resolve, reject) { resolve('first'); reject(new Error('second')); resolve('third') } })`,
      { result: 'first', invocation: { outcome: 'ok' } },
    ],
    [
      'rejects first',
      `({ then(resolve, reject) { reject(new Error('first')); resolve('second') } })`,
      { result: null, invocation: { outcome: 'handler_error' } },
    ],
    [
      'throws after it resolved',
      `({ then(resolve) { resolve('first'); throw new Error('second') } })`,
      { result: 'first', invocation: { outcome: 'ok' } },
    ],
    [
      'throws when it is asked for',
      `({ get then() { throw new Error('no then') } })`,
      { result: null, invocation: { outcome: 'handler_error' } },
    ],
    [
      'resolves with itself',
      `(() => { const self = { then(resolve) { resolve(1); resolve(self) } }; return self })()`,
      { result: 1, invocation: { outcome: 'ok' } },
    ],
  ])('PR-28: a thenable that %s has one outcome', async (_title, value, expected) => {
    expect(await arena.run(`export const handler = () => ${value}`)).toMatchObject(expected);
  });

  it('PR-34: what a call does to its event and context is not in the next one', async () => {
    const name = await arena.deploy(
      `let kept; export const handler = (event, context) => { const seen = { mine: context.mine, extra: context.extra, event: { ...event }, done: typeof context.done };
       if (kept) { kept.event.n = 'changed'; kept.context.request_id = 'changed'; kept.context.deadline_ms = 0 }
       kept = { event, context }; context.extra = 'left'; event.extra = 'left'; try { context.request_id = 'forged'; context.get_remaining_time_ms = () => 1e9 } catch {}
       return { ...seen, id: context.request_id, left: context.get_remaining_time_ms() } }`,
    );
    await arena.client.invoke(name, { event: { n: 1 }, context: { mine: 'one' } });
    const { result, invocation } = await arena.client.invoke(name, { event: { n: 2 } });
    expect(result).toMatchObject({ event: { n: 2 }, done: 'undefined' });
    expect(result).not.toHaveProperty('extra');
    expect(result).not.toHaveProperty('mine');
    expect(invocation).toMatchObject({ outcome: 'ok', cold_start: false, function: name });
    expect(invocation.id).not.toBe('forged');
  });

  it('PR-34: a callback that is called twice, and late, counts once', async () => {
    const name = await arena.deploy({
      files: {
        'main.cjs': `let kept; exports.handler = (event, context, callback) => { if (kept) kept(null, 'late'); kept = callback;
        setTimeout(() => { callback(null, event.n); callback(new Error('second')); callback(null, 'third') }, 20) }`,
      },
    });
    for (const n of [1, 2]) expect((await arena.client.invoke(name, { event: { n } })).result).toBe(n);
  });
});
