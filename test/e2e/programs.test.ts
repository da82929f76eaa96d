import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findInstallDirectory } from '../../src/installation.ts';
import type { ProgramDocument, ProgramReply } from '../../src/wire/program.ts';
import { containersOn } from '../support/containers.ts';
import { patience } from '../support/patience.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { temporaryFolder } from '../unit/cli/temporary-folder.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ preparedPerKind: 1 });
});
afterAll(() => server.stop());

const run = (program: ProgramDocument): Promise<ProgramReply> => server.client.runProgram(program);
const sh = (code: string, members: Partial<ProgramDocument> = {}): Promise<ProgramReply> =>
  run({ runtime: 'sh', code, ...members });

describe('a program', () => {
  it('is run with arguments, input and environment, and answered with what it wrote and its exit code', async () => {
    const code = 'import os, sys; print(sys.argv[1:], sys.stdin.read(), os.environ["GREETING"]); sys.exit(3)';
    const members = { args: ['a b', ''], stdin: 'é', env: { GREETING: 'hi' } };
    expect(await run({ runtime: 'python', code, ...members })).toMatchObject({
      invocation: { outcome: 'exited' },
      stdout: "['a b', ''] é hi\n",
      stderr: '',
      exit_code: 3,
      signal: null,
      timed_out: false,
      out_of_memory: false,
      max_memory_bytes: expect.any(Number) as unknown,
      cpu_ms: expect.any(Number) as unknown,
    });
  });

  it.each([
    ['javascript', 'console.log(require("fs").readFileSync("/dev/stdin", "utf8"))'],
    ['javascript', 'import { readFileSync } from "node:fs"; console.log(readFileSync(0, "utf8"))'],
    ['typescript', 'const text: string = require("fs").readFileSync(0, "utf8"); console.log(text)'],
    ['python3', 'print(open("/dev/stdin").read())'],
    ['sh', 'cat; echo'],
    ['bash', 'cat /dev/stdin; echo > /dev/stdout'],
  ])('in %s reads its input: %s', async (runtime, code) => {
    expect(await run({ runtime, code, stdin: 'given' })).toMatchObject({ stdout: 'given\n', stderr: '', exit_code: 0 });
  });

  it('runs where nothing ran before, and cannot change its own files', async () => {
    const code = 'ls /tmp; echo x >> "$0"; echo $?; touch /tmp/seen';
    const [first, second] = [await sh(code), await sh(code)];
    for (const reply of [first, second]) expect(reply.stdout).toMatch(/^[12]\n$/);
  });

  it('is killed at its time limit, with what it wrote until then', async () => {
    expect(await sh('echo begun; sleep 1000', { limits: { timeout_ms: 1000 } })).toMatchObject({
      invocation: { outcome: 'timeout' },
      stdout: 'begun\n',
      timed_out: true,
      exit_code: null,
    });
  });

  it('is ended for want of memory', async () => {
    const code = 'x = bytearray(500_000_000)\nprint(len(x))';
    expect(await run({ runtime: 'python', code, limits: { memory_mb: 64 } })).toMatchObject({
      invocation: { outcome: 'out_of_memory' },
      out_of_memory: true,
      stdout: '',
    });
  });

  it('that floods is cut at its limit, and read to its end', async () => {
    const reply = await sh('yes | head -c 5000000; yes | head -c 3000000 >&2; echo end', {
      limits: { result_bytes: 1000, log_bytes: 500 },
    });
    expect([reply.stdout.length, reply.stdout_truncated, reply.stderr.length, reply.stderr_truncated]).toEqual([
      1000,
      true,
      500,
      true,
    ]);
    expect(reply.exit_code).toBe(0);
  });

  it('spoils its own reply only when it kills its shim', async () => {
    const spoiling = sh('kill -9 $PPID; sleep 5');
    const other = sh('sleep 1; echo fine');
    const [spoiled, fine] = await Promise.all([spoiling, other]);
    expect(spoiled.invocation.outcome).not.toBe('ok');
    expect(fine).toMatchObject({ stdout: 'fine\n', exit_code: 0 });
  });

  it('is told of while it runs', async () => {
    const heard: string[] = [];
    for await (const event of server.client.followProgram({ runtime: 'sh', code: 'echo one; read line; echo two' })) {
      heard.push('text' in event ? `${event.event} ${event.text}` : event.event);
    }
    expect(heard[0]).toBe('started');
    expect(heard.slice(1, -1).join('').replaceAll('stdout ', '')).toBe('one\ntwo\n');
    expect(heard.at(-1)).toBe('ended');
  });

  it('waits for who follows it: nothing that it writes is left out', async () => {
    const code = 'yes 1234567 | head -c 40000000';
    let bytes = 0;
    const others: string[] = [];
    for await (const event of server.client.followProgram({ runtime: 'sh', code, limits: { timeout_ms: 60_000 } })) {
      if ('text' in event) bytes += event.text.length;
      else others.push(event.event);
      if (bytes < 4_000_000) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect([bytes, others]).toEqual([40_000_000, ['started', 'ended']]);
  });

  it('is listed while it runs, and cancelled by its id', async () => {
    const running = expect(sh('sleep 1000')).rejects.toMatchObject({ code: 'INVOCATION_CANCELLED' });
    const state = async (): Promise<string | undefined> => (await server.client.invocations.running())[0]?.state;
    await vi.waitUntil(async () => (await state()) === 'running', patience);
    const [invocation] = await server.client.invocations.running();
    expect(invocation?.function).toBe('run');
    await Promise.all([running, server.client.invocations.cancel(invocation?.id ?? '')]);
  });

  it('on the command line has its streams as they are, and ends with Ctrl-C', async () => {
    const folder = await temporaryFolder({
      'bytes.py': 'import os, sys\nos.write(1, sys.stdin.buffer.read() + bytes(range(256)))',
      'endless.sh': 'while echo more; do sleep 0.1; done',
    });
    const main = join(findInstallDirectory(import.meta.dirname), 'dist', 'src', 'main.js');
    const start = (file: string) => spawn(process.execPath, [main, '--url', server.url, 'run', join(folder, file)]);

    const whole = start('bytes.py');
    whole.stdin.end(Buffer.from([0, 255]));
    const all = Buffer.from([0, 255, ...Array.from({ length: 256 }, (_, index) => index)]);
    expect((await buffer(whole.stdout)).equals(all)).toBe(true);

    const endless = start('endless.sh');
    const ended = once(endless, 'exit');
    endless.stdin.end();
    await once(endless.stdout, 'data');
    endless.kill('SIGINT');
    expect(await ended).toEqual([1, null]);
    await vi.waitUntil(async () => (await server.client.invocations.running()).length === 0, patience);
  });

  it('is run once for a key', async () => {
    const program = { runtime: 'python', code: 'import random; print(random.random())' };
    const onRepeat = vi.fn();
    const first = await server.client.runProgram(program, { idempotencyKey: 'p-1' });
    expect(await server.client.runProgram(program, { idempotencyKey: 'p-1', onRepeat })).toEqual(first);
    expect(onRepeat).toHaveBeenCalledOnce();
  });

  it('takes room as calls do', async () => {
    await using small = await startServer({ maxSandboxes: 1, preparedPerKind: 0, queueLength: 10 });
    const replies = await Promise.all(
      Array.from({ length: 3 }, (_, index) =>
        small.client.runProgram({ runtime: 'sh', code: `echo ${index}` }).then(({ stdout }) => stdout),
      ),
    );
    expect(replies).toEqual(['0\n', '1\n', '2\n']);
  });

  it('leaves no container, whatever it left behind', async () => {
    await using fresh = await startServer({ preparedPerKind: 0 });
    const { stdout } = await fresh.client.runProgram({ runtime: 'sh', code: 'sleep 1000 & echo done' });
    expect(stdout).toBe('done\n');
    await vi.waitUntil(async () => (await containersOn(fresh.dataDirectory)).length === 0, patience);
  });
});
