// PR-17, 19, 20, 22, 23: user code kills, stops, or cuts off the process that it runs in.
// Barrier: the host watches the channel and the container, and has the timer. Expected: exited at once, not at the deadline;
// timeout for one that is stopped; protocol_violation for one that hangs up and goes on. Others notice nothing.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';
import { attackFiles } from '../support/attack-files.ts';
import { containersOf, until } from '../support/containers.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

/** The deadline is far away: what ends at once ends well before it. */
const config = { limits: { timeout_ms: 9000 } };
const atOnceMs = 3000;
const never = 'return new Promise(() => {})';

const source = (body: string): ReturnType<typeof attackFiles> =>
  attackFiles(
    `import fs from 'node:fs'; import { spawn, spawnSync } from 'node:child_process'; import { channel } from './forge.mjs';
     export const handler = () => { console.log('kept'); ${body} }`,
    'forge.mjs',
  );

describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
  it.each([
    ['PR-17: SIGKILL from a child', `spawn('/bin/sh', ['-c', 'kill -9 $PPID']); ${never}`, 137],
    ['PR-19: SIGKILL to everybody', `spawn('/usr/bin/perl', ['-e', 'kill 9, -1']); ${never}`, 137],
    ['PR-19: SIGTERM to everybody', `spawn('/usr/bin/perl', ['-e', 'kill 15, -1']); ${never}`, 143],
    ['PR-20: exit 0 before an answer', `process.exit(0)`, 0],
    ['PR-20: exit 0 right after an answer', `queueMicrotask(() => process.exit(0)); return 'too early'`, 0],
    ['exit by the way that runs no listeners', `process.reallyExit(7)`, 7],
    ['a signal to process 1', `process.kill(1, 'SIGTERM'); ${never}`, 143],
  ])('%s: exited, at once', async (_title, body, exitCode) => {
    const reply = await arena.run(await source(body), { config: { ...config, isolation } });
    expect(reply).toMatchObject({ result: null, invocation: { outcome: 'exited', exit_code: exitCode } });
    expect(reply.logs).toBe('kept\n');
    expect(reply.duration_ms).toBeLessThan(atOnceMs);
  });
});

it('PR-20: exit 0 after the answer: ok, and the sandbox goes', async () => {
  const name = await arena.deploy(
    await source(`setTimeout(() => process.exit(0), 100).unref(); setTimeout(() => {}, 200); return 'done'`),
  );
  expect(await arena.client.invoke(name)).toMatchObject({ result: 'done', invocation: { outcome: 'ok' } });
  await until(async () => (await containersOf(name)).length === 0, 10_000, 'the sandbox is gone');
  expect(await arena.client.invoke(name)).toMatchObject({ result: 'done', invocation: { cold_start: true } });
});

it('PR-22: SIGSTOP to itself: timeout', async () => {
  const reply = await arena.run(await source(`process.kill(process.pid, 'SIGSTOP'); ${never}`), {
    config: { limits: { timeout_ms: 600 } },
  });
  expect(reply).toMatchObject({ result: null, logs: 'kept\n', invocation: { outcome: 'timeout' } });
});

it('PR-22: SIGSTOP to everybody: timeout', async () => {
  const reply = await arena.run(await source(`spawn('/usr/bin/perl', ['-e', 'kill 19, -1']); ${never}`), {
    config: { limits: { timeout_ms: 600 } },
  });
  expect(reply).toMatchObject({ result: null, invocation: { outcome: 'timeout' } });
});

const closeAll = `for (let fd = 0; fd < 1024; fd++) { try { fs.closeSync(fd) } catch {} }`;

it.each([
  ['every descriptor is closed', `${closeAll}; ${never}`],
  ['every descriptor is closed, and the process goes on working', `${closeAll}; while (true);`],
  ['the channel is closed', `fs.closeSync(channel()); ${never}`],
  [
    'another file takes the channel’s number',
    `const fd = channel(); fs.closeSync(fd); fs.openSync('/dev/null', 'r+'); ${never}`,
  ],
])('PR-23: %s: exited or protocol_violation, at once', async (_title, body) => {
  const reply = await arena.run(await source(body), { config });
  expect(['exited', 'protocol_violation']).toContain(reply.invocation.outcome);
  expect(reply).toMatchObject({ result: null, logs: expect.stringMatching(/^kept\n/) as string });
  expect(reply.duration_ms).toBeLessThan(atOnceMs);
});
