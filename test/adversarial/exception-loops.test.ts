// RX-34: exceptions without end, and a function that wants to live through them.
// Barrier: the shim's own net is set before user code; the host's timer. Expected: handler_error for the first one that is
// thrown; timeout where the function takes the net away.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

const again =
  'setImmediate(function again() { setImmediate(again); throw new Error("again") }); return new Promise(() => {})';

describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
  const limits = { timeout_ms: 800 };

  it('a listener of its own does not keep an exception from ending the invocation', async () => {
    const source = `process.on('uncaughtException', () => {}); export const handler = () => { ${again} }`;
    const reply = await arena.run(source, { config: { isolation, limits } });
    expect(reply.error).toMatch(/^Error: again/);
    expect(reply.invocation.outcome).toBe('handler_error');
  });

  it('without the shim’s listener they last until the deadline', async () => {
    const source = `process.removeAllListeners('uncaughtException'); process.on('uncaughtException', () => {});
      export const handler = () => { ${again} }`;
    const reply = await arena.run(source, { config: { isolation, limits } });
    expect(reply.invocation.outcome).toBe('timeout');
  });

  it('rejections without end are the first one’s failure', async () => {
    const source = `process.on('unhandledRejection', () => {});
      export const handler = () => { setInterval(() => { void Promise.reject(new Error('again')) }, 1); return new Promise(() => {}) }`;
    const reply = await arena.run(source, { config: { isolation, limits } });
    expect(reply.error).toMatch(/^Error: again/);
    expect(reply.invocation.outcome).toBe('handler_error');
  });
});

it('a sandbox in which exceptions keep coming serves nobody else', async () => {
  const name = await arena.deploy(`export const handler = () => { ${again} }`);
  await arena.client.invoke(name);
  expect((await arena.client.invoke(name)).invocation.cold_start).toBe(true);
});
