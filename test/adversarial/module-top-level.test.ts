// PR-65, PR-67: a module that floods, throws or never ends while it is being loaded, and a handler that plays with its deadline.
// Barrier: the caps and timers of the host. Expected: load_error or timeout, with bounded logs; of ok and timeout always exactly
// one, by the host's clock.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena({ initTimeoutMs: 2000 });
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

const flood = `import fs from 'node:fs'; const chunk = Buffer.alloc(1 << 20, 120); for (let i = 0; i < 10; i++) fs.writeSync(1, chunk);`;

it('an import that prints 10 MB: the logs are cut with a mark, and the function works', async () => {
  const reply = await arena.run(`${flood} export const handler = () => 1`, {
    config: { limits: { log_bytes: 10_000 } },
  });
  expect(reply).toMatchObject({ result: 1, invocation: { outcome: 'ok', logs_truncated: true } });
  expect(reply.logs).toMatch(/^x{10000}\n\[logs cut here: 10475760 more bytes\]\n$/);
});

it('an import that prints 10 MB and throws: load_error, with the logs cut', async () => {
  const reply = await arena.run(`${flood} throw new Error('not today')`, { config: { limits: { log_bytes: 10_000 } } });
  expect(reply).toMatchObject({
    result: null,
    error: expect.stringMatching(/^Error: not today/) as string,
    invocation: { outcome: 'load_error' },
  });
  expect(reply.logs.length).toBeLessThan(10_100);
});

it.each([
  ['an import that rejects', `await Promise.reject(new Error('late')); export const handler = 1`, 'load_error'],
  [
    'an import that throws beside',
    `process.nextTick(() => { throw new Error('beside') }); await new Promise(() => {}); export const handler = 1`,
    'load_error',
  ],
  ['an import that exits', `process.exit(0)`, 'exited'],
  ['an import that never settles', `await new Promise(() => {}); export const handler = 1`, 'timeout'],
  ['an import that loops', `for (;;); export const handler = 1`, 'timeout'],
])('%s has one outcome', async (_title, source, outcome) => {
  const reply = await arena.run(source);
  expect(reply).toMatchObject({ result: null, invocation: { outcome } });
  expect(reply.error).toMatch(/./);
});

it('an answer that an import forges before there is a call is protocol_violation', async () => {
  const reply = await arena.run(
    `import fs from 'node:fs'; const head = JSON.stringify({ id: 'x', status: 'ok', duration_ms: 0, reusable: true });
     const frame = Buffer.alloc(9 + head.length + 1); frame.writeUInt32BE(frame.length - 4); frame[4] = 132; frame.writeUInt32BE(head.length, 5); frame.write(head + '1', 9);
     for (let fd = 3; fd < 64; fd++) { try { if (fs.fstatSync(fd).isSocket()) fs.writeSync(fd, frame) } catch {} }
     export const handler = () => 1`,
  );
  expect(reply).toMatchObject({ result: null, invocation: { outcome: 'protocol_violation' } });
});

it('PR-67: an answer before the deadline is ok, one after it is timeout, and one at it is exactly one of the two', async () => {
  const name = await arena.deploy(
    `export const handler = ({ leftMs }, context) => { while (context.get_remaining_time_ms() > leftMs); return leftMs }`,
    { limits: { timeout_ms: 1000, cpus: 1 } },
  );
  const early = await arena.client.invoke(name, { event: { leftMs: 400 } });
  expect(early).toMatchObject({ result: 400, error: null, invocation: { outcome: 'ok' } });
  const late = await arena.client.invoke(name, { event: { leftMs: -300 } });
  expect(late).toMatchObject({ result: null, invocation: { outcome: 'timeout' } });
  for (const leftMs of [2, 1, 0, -1]) {
    const { result, error, invocation } = await arena.client.invoke(name, { event: { leftMs } });
    if (invocation.outcome === 'ok') expect([result, error]).toEqual([leftMs, null]);
    else
      expect([invocation.outcome, result, error]).toEqual([
        'timeout',
        null,
        expect.stringMatching(/^Execution timed out/),
      ]);
  }
});

it('PR-67: a clock that the handler changed in its own process moves no deadline', async () => {
  const reply = await arena.run(
    `export const handler = (_, context) => { Date.now = () => 0; performance.now = () => 0; context.get_remaining_time_ms = () => 1e9; return new Promise(() => {}) }`,
    { config: { limits: { timeout_ms: 500 } } },
  );
  expect(reply).toMatchObject({ result: null, invocation: { outcome: 'timeout' } });
  expect(reply.duration_ms).toBeGreaterThanOrEqual(490);
});
