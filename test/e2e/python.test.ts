import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionConfigDocument } from '../../src/wire/function-config.ts';
import type { InvokeReply } from '../../src/wire/invoke.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

type Files = Readonly<Record<string, string>>;

let deployed = 0;

async function deploy(source: string | Files, config: Partial<FunctionConfigDocument> = {}): Promise<string> {
  const name = `python-${++deployed}`;
  const files = typeof source === 'string' ? { 'main.py': source } : source;
  await server.client.deploy(name, { runtime: 'python3.13', handler: 'main.handler', ...config }, { files });
  return name;
}

async function run(
  source: string | Files,
  event: unknown = {},
  config: Partial<FunctionConfigDocument> = {},
): Promise<InvokeReply> {
  return server.client.invoke(await deploy(source, config), { event });
}

describe('handlers as they are written for a runner of Python functions', () => {
  it('compute with the event', async () => {
    const source = [
      'def handler(event, context):',
      '    first, second = event.get("a", 0), event.get("b", 0)',
      '    return {"total": first + second, "share": first / second if second else None}',
    ].join('\n');
    const reply = await run(source, { a: 4, b: 1 }, { runtime: 'python3.11' });
    expect(reply).toMatchObject({ result: { total: 5, share: 4 }, logs: '', error: null });
  });

  it('log with the functions of logging, at INFO and above', async () => {
    const source = [
      'import logging',
      'def handler(event, context):',
      '    logging.info(f"working on {event}")',
      '    logging.debug("left out")',
      '    print("printed")',
      '    return {"twice": event["value"] * 2}',
    ].join('\n');
    const reply = await run(source, { value: 21 });
    expect(reply).toMatchObject({ result: { twice: 42 }, logs: "INFO: working on {'value': 21}\nprinted\n" });
  });

  it('raise what they caught', async () => {
    const source = [
      'def handler(event, context):',
      '    try:',
      '        if "needed" not in event:',
      '            raise ValueError("needed is missing")',
      '        return {"status": "fine"}',
      '    except Exception as problem:',
      '        raise',
    ].join('\n');
    const reply = await run(source);
    expect(reply.result).toBeNull();
    expect(reply.error).toMatch(
      /^Traceback \(most recent call last\):\n {2}File "\/function\/main\.py", line 4, in handler\n[^]*\nValueError: needed is missing$/,
    );
    expect(reply.invocation.outcome).toBe('handler_error');
  });

  it("are given the caller's context, by key and by attribute", async () => {
    const name = await deploy(
      'def handler(event, context): return [context["user"], context.get("none"), context.user, context.aws_request_id]',
    );
    const reply = await server.client.invoke(name, { context: { user: 'u1' } });
    expect(reply.result).toEqual(['u1', null, 'u1', reply.invocation.id]);
  });
});

describe('the outcomes of a Python handler', () => {
  it.each([
    [
      'a missing module',
      'import nowhere',
      /^Traceback[^]*\/function\/main\.py", line 1[^]*ModuleNotFoundError: No module/,
    ],
    ['a syntax error', 'def handler(event, context)\n    pass', /File "\/function\/main\.py", line 1\n[^]*SyntaxError/],
    ['a missing function', 'def other(): pass', /no export named handler\. It exports: other\./],
  ])('load_error: %s', async (_what, source, error) => {
    const reply = await run(source);
    expect(reply.invocation.outcome).toBe('load_error');
    expect(reply.error).toMatch(error);
  });

  it('bad_result: NaN', async () => {
    const reply = await run('def handler(event, context): return {"share": float("nan")}');
    expect(reply.invocation.outcome).toBe('bad_result');
    expect(reply.error).toMatch(/result\.share is nan/);
  });

  it('output_too_large', async () => {
    const reply = await run('def handler(event, context): return "x" * 2000', {}, { limits: { result_bytes: 1024 } });
    expect(reply.invocation.outcome).toBe('output_too_large');
  });

  it.each([
    ['a loop', 'def handler(event, context):\n    print("in")\n    while True: pass'],
    ['a sleep', 'import time\ndef handler(event, context):\n    print("in")\n    time.sleep(60)'],
    ['a task', 'import asyncio\nasync def handler(event, context):\n    print("in")\n    await asyncio.Future()'],
  ])('timeout: %s', async (_what, source) => {
    const reply = await run(source, {}, { limits: { timeout_ms: 1000 } });
    expect(reply).toMatchObject({ result: null, logs: 'in\n', invocation: { outcome: 'timeout' } });
  });

  it('out_of_memory when the kernel kills, handler_error when Python refuses', async () => {
    const limits = { memory_mb: 64 };
    const killed = await run('def handler(event, context): return len(bytearray(b"x") * 10**9)', {}, { limits });
    expect(killed.invocation.outcome).toBe('out_of_memory');
    const refused = await run('def handler(event, context): return len(bytearray(2**62))', {}, { limits });
    expect(refused.invocation.outcome).toBe('handler_error');
    expect(refused.error).toMatch(/MemoryError$/);
  });

  it('exited: sys.exit with its code, and a signal', async () => {
    const left = await run('import sys\ndef handler(event, context):\n    print("bye")\n    sys.exit(3)');
    expect(left).toMatchObject({ logs: 'bye\n', invocation: { outcome: 'exited', exit_code: 3 } });
    const crashed = await run('import ctypes\ndef handler(event, context): ctypes.string_at(0)');
    expect(crashed).toMatchObject({ invocation: { outcome: 'exited', exit_code: 139 } });
  });

  it('protocol_violation: a frame that user code wrote to the channel', async () => {
    const source = [
      'import os, socket, stat',
      'def handler(event, context):',
      '    for fd in range(3, 200):',
      '        try:',
      '            mode = os.fstat(fd).st_mode',
      '            if stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode): os.write(fd, b"GET / HTTP/1.1\\r\\n\\r\\n")',
      '        except OSError: pass',
    ].join('\n');
    expect((await run(source)).invocation.outcome).toBe('protocol_violation');
  });
});

describe('a Python sandbox', () => {
  it('keeps module state for the next call, unless the function is fresh', async () => {
    const source = 'calls = 0\ndef handler(event, context):\n    global calls\n    calls += 1\n    return calls';
    const warm = await deploy(source);
    const fresh = await deploy(source, { isolation: 'fresh' });
    const results = async (name: string): Promise<readonly unknown[]> => [
      (await server.client.invoke(name)).result,
      (await server.client.invoke(name)).result,
    ];
    expect(await results(warm)).toEqual([1, 2]);
    expect(await results(fresh)).toEqual([1, 1]);
  });

  it('serves nobody else when a thread was left running', async () => {
    const source = [
      'import os, threading, time',
      'def handler(event, context):',
      '    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()',
      '    return os.getuid()',
    ].join('\n');
    const name = await deploy(source);
    const first = await server.client.invoke(name);
    const second = await server.client.invoke(name);
    expect(second.invocation.cold_start).toBe(true);
    expect(second.result).not.toBe(first.result);
  });

  it('finds packages beside the code, in the environment that the function asks for', async () => {
    const files = {
      'src/app.py': 'from lib.words import word\ndef handler(event, context): return word()',
      'lib/__init__.py': '',
      'lib/words.py': 'import os\nfrom ._quiet import strip\ndef word(): return strip(os.environ["WORD"])',
      'lib/_quiet.py': 'strip = str.strip',
    };
    expect((await run(files, {}, { handler: 'src/app.handler', env: { WORD: ' yes ' } })).result).toBe('yes');
  });

  it('can write to /tmp and nowhere else', async () => {
    const source = [
      'import sqlite3, tempfile',
      'def handler(event, context):',
      '    with tempfile.TemporaryDirectory() as folder:',
      '        database = sqlite3.connect(folder + "/data.db")',
      '        database.execute("create table words (word text)")',
      '        database.close()',
      '    refused = []',
      '    for path in ("/function/x", "/usr/local/bin/x", "/opt/sraas/python/main.py"):',
      '        try: open(path, "w")',
      '        except OSError as error: refused.append(path)',
      '    return refused',
    ].join('\n');
    expect((await run(source)).result).toEqual(['/function/x', '/usr/local/bin/x', '/opt/sraas/python/main.py']);
  });

  it('has no shared memory, and says so when it is asked for', async () => {
    const reply = await run('import multiprocessing\ndef handler(event, context): multiprocessing.Lock()');
    expect(reply.invocation.outcome).toBe('handler_error');
    expect(reply.error).toMatch(/main\.py", line 2, in handler[^]*Error: \[Errno \d+\]/);
  });

  it('runs child processes of Python, whose output comes in order', async () => {
    const source = [
      'import subprocess, sys',
      'def handler(event, context):',
      '    print("before")',
      '    subprocess.run([sys.executable, "-c", "print(\'in between\')"], check=True)',
      '    print("after")',
    ].join('\n');
    expect((await run(source)).logs).toBe('before\nin between\nafter\n');
  });
});

it('refuses a deploy whose Python module is not there, naming what is', async () => {
  await expect(deploy({ 'app.py': '' }, { handler: 'pkg.mod.fn' })).rejects.toThrow(/"pkg\/mod\.py".*"app\.py"/);
});
