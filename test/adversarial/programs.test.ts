// Programs against their shim and the host: they run as the same user as the shim, in the same container, and can do to it what
// it can do to itself. Barrier: the container is the program's own, and the host counts all that comes of it before it keeps it.
// Expected: a program spoils its own reply, at once or at its time limit; others notice nothing.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ProgramDocument, ProgramReply } from '../../src/wire/program.ts';
import { openArena, type Arena } from '../support/arena.ts';
import { attackFiles } from '../support/attack-files.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

const limits = { timeout_ms: 9000, result_bytes: 1000, log_bytes: 1000 };
/** The time limit is far away: what ends at once ends well before it. */
const atOnceMs = 4000;

const sh = (code: string, more: Partial<ProgramDocument> = {}): Promise<ProgramReply> =>
  arena.client.runProgram({ runtime: 'sh', code, limits, ...more });

/** Has the shim itself run some code: Node opens a door for debuggers to whoever may send it a signal. */
async function insideShim(code: string, more: Partial<ProgramDocument['limits']> = {}): Promise<ProgramReply> {
  const main = `import { takeOver } from './take-over.mjs'; await takeOver(${JSON.stringify(code)}); setInterval(() => {}, 1000);`;
  const { files } = await attackFiles('', 'take-over.mjs');
  const program = { runtime: 'javascript', files: { ...files, 'main.js': main }, limits: { ...limits, ...more } };
  return await arena.client.runProgram(program);
}

describe('a program that turns on its shim', () => {
  it.each([
    ['kills it', 'kill -9 $PPID; sleep 60', { exit_code: 137 }],
    ['ends it', 'kill -15 $PPID; sleep 60', { exit_code: 143 }],
    ['kills everybody', 'kill -9 -1; sleep 60', { exit_code: 137 }],
  ])('spoils its own reply when it %s', async (_how, code, ended) => {
    const reply = await sh(code);
    expect(reply).toMatchObject({ invocation: { outcome: 'exited' }, out_of_memory: false, ...ended });
    expect(reply.duration_ms).toBeLessThan(atOnceMs);
  });

  it('runs into its time limit when it stops it', async () => {
    const reply = await sh('kill -STOP $PPID; sleep 60', { limits: { timeout_ms: 700 } });
    expect(reply).toMatchObject({ invocation: { outcome: 'timeout' }, exit_code: null });
  });

  it('reaches no socket of it by its descriptors, and no second one by its path', async () => {
    const code =
      'import os, socket, stat\nshim = f"/proc/{os.getppid()}/fd"\nopened = []\n' +
      'for name in os.listdir(shim):\n    try:\n        if stat.S_ISSOCK(os.stat(f"{shim}/{name}").st_mode): open(f"{shim}/{name}", "wb"); opened.append(name)\n' +
      '    except OSError: pass\n' +
      'try:\n    socket.socket(socket.AF_UNIX).connect("/run/sraas/channel.sock"); opened.append("a second one")\n' +
      'except OSError: pass\nprint(opened)';
    expect(await arena.client.runProgram({ runtime: 'python3', code, limits })).toMatchObject({ stdout: '[]\n' });
  });

  it('tells an end of its own, which is its own reply and no more', async () => {
    const reply = await insideShim(`send(frame(134, { exit_code: 77, signal: null, duration_ms: 1 }))`);
    expect(reply).toMatchObject({ invocation: { outcome: 'exited' }, exit_code: 77 });
  });

  it.each([
    ['a result', `send(frame(132, { id: 'x', status: 'ok', duration_ms: 0, reusable: true }, '1'))`],
    ['an exit code that there is not', `send(frame(134, { exit_code: 1e9, signal: null, duration_ms: 1 }))`],
    ['output of no stream', `send(frame(133, { stream: 'stdin' }, 'x'))`],
    ['a frame of 4 GiB', `send(Buffer.from([255, 255, 255, 255, 133]))`],
    ['what is no frame', `send(Buffer.from('what?'))`],
  ])('is killed when it sends %s', async (_what, code) => {
    const reply = await insideShim(code);
    expect(reply).toMatchObject({ invocation: { outcome: 'exited' }, signal: 'SIGKILL', exit_code: null });
    expect(reply.duration_ms).toBeLessThan(atOnceMs);
  });

  it.each([
    ['large frames', `const piece = frame(133, { stream: 'stdout' }, 'x'.repeat(65536)); for (;;) send(piece)`],
    [
      'small frames',
      `const piece = Buffer.concat(Array.from({ length: 1000 }, () => frame(133, { stream: 'stderr' }, 'x'))); for (;;) send(piece)`,
    ],
    [
      'empty frames',
      `const piece = Buffer.concat(Array(1000).fill(frame(133, { stream: 'stdout' }))); for (;;) send(piece)`,
    ],
  ])('floods the host with %s until its time limit, and is kept up to its caps', async (_what, code) => {
    const reply = await insideShim(code, { timeout_ms: 3000 });
    expect(reply).toMatchObject({ invocation: { outcome: 'timeout' }, exit_code: null });
    expect(reply.stdout.length + reply.stderr.length).toBeLessThanOrEqual(1000);
  });

  it('floods the way that output of handlers takes, which is nobody’s', async () => {
    const reply = await sh('yes > /run/sraas/output & sleep 1; kill $!; echo end');
    expect(reply).toMatchObject({ invocation: { outcome: 'ok' }, stdout: 'end\n' });
  });
});

it('programs that flood their outputs hold up nobody', async () => {
  const flooding = sh('yes & yes >&2', { limits: { ...limits, timeout_ms: 3000 } });
  expect(await flooding).toMatchObject({
    ...{ invocation: { outcome: 'timeout' }, stdout_truncated: true, stderr_truncated: true },
    stdout: 'y\n'.repeat(500),
  });
});
