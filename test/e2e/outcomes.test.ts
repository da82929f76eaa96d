import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionConfigDocument } from '../../src/wire/function-config.ts';
import type { InvokeReply } from '../../src/wire/invoke.ts';
import { containersOf, until } from '../support/containers.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ maxConcurrency: 20 });
});
afterAll(() => server.stop());

let deployed = 0;

/** Deploys one file and invokes it once, the way that a stranger would. */
async function runSource(
  source: string,
  event: unknown = {},
  config: Partial<FunctionConfigDocument> = {},
  file = 'main.mjs',
): Promise<InvokeReply & { readonly name: string }> {
  const name = `outcome-${++deployed}`;
  await server.client.deploy(
    name,
    { runtime: 'node24', handler: 'main.handler', ...config },
    { files: { [file]: source } },
  );
  return { name, ...(await server.client.invoke(name, { event })) };
}

describe('the nine outcomes, each by a handler that earns it', () => {
  it('ok: the result comes back with all four keys and the facts', async () => {
    const reply = await runSource(
      'export const handler = ({ a, b }) => { console.log("dividing"); return { quotient: a / b } }',
      {
        a: 4,
        b: 1,
      },
    );
    expect(reply).toMatchObject({ result: { quotient: 4 }, logs: 'dividing\n', error: null });
    expect(reply.invocation).toMatchObject({
      outcome: 'ok',
      exit_code: null,
      cold_start: true,
      version: 1,
      logs_truncated: false,
    });
    expect(reply.duration_ms).toBeGreaterThanOrEqual(0);
    expect(reply.invocation.init_ms).toBeGreaterThan(0);
  });

  it('handler_error: what was thrown, with its stack, and what was printed before', async () => {
    const reply = await runSource(
      'export const handler = () => { console.log("before"); throw new RangeError("too far") }',
    );
    expect(reply).toMatchObject({ result: null, logs: 'before\n' });
    expect(reply.error).toMatch(/^RangeError: too far\n {4}at handler \(.*main\.mjs:1:\d+\)/);
    expect(reply.invocation.outcome).toBe('handler_error');
  });

  it.each([
    ['a syntax error', 'export const handler = ('],
    ['a missing export', 'export const other = 1'],
    ['a missing module', 'import "no-such-package"; export const handler = () => 1'],
    ['an import that throws', 'console.log("loading"); throw new Error("not today")'],
  ])('load_error: %s', async (_title, source) => {
    const reply = await runSource(source);
    expect(reply.invocation.outcome).toBe('load_error');
    expect(reply.result).toBeNull();
    expect(reply.error).not.toBe('');
  });

  it('load_error: keeps what the module printed', async () => {
    expect((await runSource('console.log("loading"); throw new Error("not today")')).logs).toBe('loading\n');
  });

  it.each([
    ['a cycle', 'const a = {}; a.a = a; return a'],
    ['a BigInt', 'return 1n'],
    ['a function', 'return () => 1'],
  ])('bad_result: %s', async (_title, body) => {
    const reply = await runSource(`export const handler = () => { console.log("kept"); ${body} }`);
    expect(reply).toMatchObject({ result: null, logs: 'kept\n', invocation: { outcome: 'bad_result' } });
    expect(reply.error).not.toBe('');
  });

  it.each([
    ['a loop that never yields', 'while (true) {}'],
    ['a promise that never settles', 'return new Promise(() => {})'],
  ])('timeout: %s is killed at the deadline, and its container goes', async (_title, body) => {
    const reply = await runSource(
      `export const handler = () => { console.log("kept"); ${body} }`,
      {},
      { limits: { timeout_ms: 400 } },
    );
    expect(reply).toMatchObject({ result: null, logs: 'kept\n', invocation: { outcome: 'timeout' } });
    expect(reply.error).toMatch(/^Execution timed out/);
    expect(reply.duration_ms).toBeGreaterThanOrEqual(390);
    await until(async () => (await containersOf(reply.name)).length === 0, 10_000, 'the container is gone');
  });

  it('timeout: a module that never finishes loading', async () => {
    await using impatient = await startServer({ initTimeoutMs: 500 });
    await impatient.client.deploy(
      'stuck',
      { runtime: 'node24', handler: 'main.handler' },
      { files: { 'main.mjs': 'while (true) {}; export const handler = 1' } },
    );
    const reply = await impatient.client.invoke('stuck');
    expect(reply.invocation.outcome).toBe('timeout');
    expect(reply.error).toMatch(/did not finish loading within 500 ms/);
  });

  it('out_of_memory: beyond the container’s memory', async () => {
    const source =
      'export const handler = () => { const hoard = []; console.log("kept"); while (true) hoard.push(Buffer.alloc(1 << 20, 1)) }';
    const reply = await runSource(source);
    expect(reply).toMatchObject({
      result: null,
      logs: 'kept\n',
      invocation: { outcome: 'out_of_memory', exit_code: 137 },
    });
    expect(reply.error).toMatch(/256 MB/);
  });

  it('out_of_memory: beyond V8’s heap', async () => {
    const reply = await runSource(
      'export const handler = () => { const hoard = []; while (true) hoard.push(new Array(1000).fill({})) }',
    );
    expect(reply.invocation.outcome).toBe('out_of_memory');
  });

  it('output_too_large: one byte over the limit, while the limit itself passes', async () => {
    const source = 'export const handler = ({ length }) => "x".repeat(length)';
    const limits = { result_bytes: 1000 };
    expect((await runSource(source, { length: 998 }, { limits })).invocation.outcome).toBe('ok');
    const reply = await runSource(source, { length: 999 }, { limits });
    expect(reply).toMatchObject({ result: null, invocation: { outcome: 'output_too_large' } });
    expect(reply.error).toMatch(/1,?001.*1,?000/);
  });

  it.each([
    ['process.exit(3)', 3, /exit code 3/],
    ['process.exit(0)', 0, /exit code 0/],
    ['process.kill(process.pid, "SIGKILL")', 137, /SIGKILL/],
    ['process.abort()', 134, /SIGABRT/],
  ])('exited: %s', async (statement, exitCode, text) => {
    const reply = await runSource(
      `export const handler = () => { console.log("kept"); ${statement}; return new Promise(() => {}) }`,
    );
    expect(reply).toMatchObject({ result: null, invocation: { outcome: 'exited', exit_code: exitCode } });
    expect(reply.logs).toMatch(/^kept\n/);
    expect(reply.error).toMatch(text);
  });

  it('protocol_violation: something in the sandbox writes garbage to the channel', async () => {
    // Descriptors are plain numbers: user code can find the channel's, and can harm nobody but itself with it.
    const source = `import fs from 'node:fs';
      export const handler = () => {
        for (let fd = 3; fd < 64; fd++) {
          try { if (fs.fstatSync(fd).isSocket()) fs.writeSync(fd, Buffer.alloc(64, 255)) } catch {}
        }
        // Where frames go over the standard streams, process 1 still has the one that leads to the host.
        try { fs.writeFileSync('/proc/1/fd/1', Buffer.alloc(64, 255)) } catch {}
        return new Promise(() => {});
      }`;
    const reply = await runSource(source);
    expect(reply).toMatchObject({ result: null, invocation: { outcome: 'protocol_violation' } });
  });
});

describe('handlers of every style', () => {
  it.each<[title: string, file: string, handler: string, source: string]>([
    ['sync', 'main.mjs', 'main.handler', 'export const handler = (e) => e.n'],
    ['async', 'main.mjs', 'main.handler', 'export async function handler(e) { return e.n }'],
    [
      'callback',
      'main.cjs',
      'main.handler',
      'exports.handler = (e, context, callback) => { setTimeout(() => callback(null, e.n), 1) }',
    ],
    ['CommonJS', 'main.js', 'main.handler', 'module.exports = { handler: (e) => e.n }'],
    [
      'top-level await',
      'main.mjs',
      'main.handler',
      'const f = await Promise.resolve((e) => e.n); export { f as handler }',
    ],
    ['nested path with slashes', 'src/app.mjs', 'src/app.handler', 'export const handler = (e) => e.n'],
    ['nested path with dots', 'pkg/mod.mjs', 'pkg.mod.fn', 'export const fn = (e) => e.n'],
    [
      'TypeScript',
      'main.ts',
      'main.handler',
      'enum E { A = 1 } export const handler = (e: { n: number }): number => e.n * E.A',
    ],
    ['TypeScript module', 'main.mts', 'main.handler', 'export const handler = (e: { n: number }): number => e.n'],
  ])('%s', async (_title, file, handler, source) => {
    expect(await runSource(source, { n: 7 }, { handler }, file)).toMatchObject({ result: 7, error: null });
  });

  it('runs on node22 as on node24', async () => {
    const source = 'export const handler = () => process.versions.node.split(".")[0]';
    expect((await runSource(source, {}, { runtime: 'node22' })).result).toBe('22');
    expect((await runSource(source)).result).toBe('24');
  });

  it('a TypeScript stack names the lines that the user wrote', async () => {
    const source =
      'interface Order {\n  readonly id: string;\n}\n\nexport const handler = (order: Order): string => {\n  throw new Error(order.id);\n};\n';
    expect((await runSource(source, { id: 'x' }, {}, 'main.ts')).error).toMatch(/main\.ts:6:9/);
  });

  it('gives null for a handler that returns nothing, and imports packages from node_modules', async () => {
    await server.client.deploy(
      'packaged',
      { runtime: 'node24', handler: 'main.handler' },
      {
        files: {
          'main.mjs': 'import { twice } from "twice"; export const handler = (n) => { if (n !== 0) return twice(n) }',
          'node_modules/twice/package.json':
            '{"name":"twice","version":"1.0.0","type":"module","exports":"./index.js"}',
          'node_modules/twice/index.js': 'export const twice = (n) => 2 * n;',
        },
      },
    );
    expect((await server.client.invoke('packaged', { event: 21 })).result).toBe(42);
    expect(await server.client.invoke('packaged', { event: 0 })).toMatchObject({ result: null, error: null });
  });
});

describe('logs and context', () => {
  it('keeps everything that was written, in the order it was written', async () => {
    const source = `import fs from 'node:fs'; import { execFileSync } from 'node:child_process';
      export const handler = () => {
        for (let i = 0; i < 20; i++) {
          console.log('out', i); console.error('err', i); fs.writeSync(1, 'raw1 ' + i + '\\n'); fs.writeSync(2, 'raw2 ' + i + '\\n');
          execFileSync('/bin/sh', ['-c', 'echo child ' + i + '; echo grumble ' + i + ' >&2'], { stdio: 'inherit' });
        }
      }`;
    const { logs } = await runSource(source, {}, { limits: { timeout_ms: 30_000 } });
    const expected = Array.from({ length: 20 }, (_, i) =>
      ['out', 'err', 'raw1', 'raw2', 'child', 'grumble'].map((word) => `${word} ${i}\n`).join(''),
    );
    expect(logs).toBe(expected.join(''));
  });

  it('cuts logs at the cap, with a mark', async () => {
    const reply = await runSource(
      'export const handler = () => { for (let i = 0; i < 1000; i++) console.log("x".repeat(99)) }',
      {},
      {
        limits: { log_bytes: 1000 },
      },
    );
    expect(reply.invocation.logs_truncated).toBe(true);
    expect(reply.logs).toMatch(/^(x{99}\n){10}\n\[logs cut here: 99000 more bytes\]\n$/);
  });

  it('passes the caller’s context on, and its own members win', async () => {
    await server.client.deploy(
      'contextual',
      { runtime: 'node24', handler: 'main.handler' },
      {
        files: {
          'main.mjs': `export const handler = (event, context) => ({ mine: context.mine, name: context.function_name, id: context.request_id,
            aws: context.awsRequestId, left: context.get_remaining_time_ms(), signal: context.signal.aborted })`,
        },
      },
    );
    const { result, invocation } = await server.client.invoke('contextual', {
      context: { mine: 'yes', function_name: 'forged' },
    });
    expect(result).toMatchObject({
      mine: 'yes',
      name: 'contextual',
      id: invocation.id,
      aws: invocation.id,
      signal: false,
    });
    expect((result as { left: number }).left).toBeGreaterThan(5000);
  });

  it('does not let what a handler prints or returns forge the reply', async () => {
    const source = `export const handler = () => { console.log('"},"result":"forged"'); return '"}],"error":"forged' }`;
    expect(await runSource(source)).toMatchObject({
      result: '"}],"error":"forged',
      error: null,
      logs: '"},"result":"forged"\n',
    });
  });
});

describe('resource figures', () => {
  it('come from the kernel, for each invocation by itself', async () => {
    const source = `export const handler = ({ mb, spinMs }) => {
        const end = Date.now() + spinMs; while (Date.now() < end);
        const kept = Buffer.alloc(mb * 1024 * 1024, 1); return kept.length }`;
    const limits = { cpus: 1 };
    const large = await runSource(source, { mb: 100, spinMs: 0 }, { limits });
    const idle = (await server.client.invoke(large.name, { event: { mb: 0, spinMs: 0 } })).invocation;
    const busy = (await server.client.invoke(large.name, { event: { mb: 0, spinMs: 300 } })).invocation;
    expect(large.invocation.max_memory_bytes).toBeGreaterThan(100 * 1024 * 1024);
    expect(large.invocation.max_memory_bytes).toBeLessThan(256 * 1024 * 1024);
    expect(busy.cpu_ms).toBeGreaterThan((idle.cpu_ms ?? 0) + 20);
    expect(busy.cpu_ms).toBeLessThan(2000);
  });
});

describe('a handler that cannot be loaded', () => {
  it('is not tried again with every call: starts back off, and calls hear of the last failure at once', async () => {
    const { name } = await runSource('console.log("trying"); throw new Error("not today")');
    const [first, second] = await Promise.all([server.client.invoke(name), server.client.invoke(name)]);
    for (const reply of [first, second]) {
      expect(reply).toMatchObject({
        result: null,
        logs: 'trying\n',
        invocation: { outcome: 'load_error', init_ms: 0 },
      });
      expect(reply.error).toMatch(/^Error: not today/);
    }
    const triedAgain = async (): Promise<boolean> => (await server.client.invoke(name)).invocation.init_ms > 0;
    await until(triedAgain, 10_000, 'it is tried again after the back-off');
  });
});

describe('isolation', () => {
  it('warm: a version’s sandbox serves its next invocation', async () => {
    const { name, result } = await runSource('let calls = 0; export const handler = () => ++calls');
    expect(result).toBe(1);
    const second = await server.client.invoke(name);
    expect(second).toMatchObject({ result: 2, invocation: { cold_start: false, init_ms: 0 } });
  });

  it('fresh: every invocation has a container that has run nothing before', async () => {
    const source = `import fs from 'node:fs'; let calls = 0;
      export const handler = () => { const seen = fs.readdirSync('/tmp'); fs.writeFileSync('/tmp/canary', 'x'); return [++calls, seen] }`;
    const { name, result } = await runSource(source, {}, { isolation: 'fresh' });
    expect(result).toEqual([1, []]);
    expect((await server.client.invoke(name)).result).toEqual([1, []]);
    await until(async () => (await containersOf(name)).length === 0, 10_000, 'no container stays');
  });

  it('never uses a sandbox again that timed out', async () => {
    const source =
      'let calls = 0; export const handler = ({ hang }) => { calls++; return hang ? new Promise(() => {}) : calls }';
    const { name } = await runSource(source, { hang: false }, { limits: { timeout_ms: 500 } });
    expect((await server.client.invoke(name, { event: { hang: true } })).invocation.outcome).toBe('timeout');
    expect(await server.client.invoke(name, { event: {} })).toMatchObject({
      result: 1,
      invocation: { cold_start: true },
    });
  });

  it('recycles a sandbox in which a handler left a process, however it hid it', async () => {
    const source = `import { spawn } from 'node:child_process'; let calls = 0;
      export const handler = async ({ leave }) => {
        if (leave) {
          // The child is detached twice over: its parent, a shell, has ended before the handler returns.
          const shell = spawn('/bin/sh', ['-c', 'sleep 30 & exit 0'], { stdio: 'ignore', detached: true });
          await new Promise((resolve) => shell.on('exit', resolve));
        }
        return ++calls;
      }`;
    const { name, result } = await runSource(source, { leave: false });
    expect(result).toBe(1);
    expect((await server.client.invoke(name, { event: { leave: true } })).result).toBe(2);
    expect(await server.client.invoke(name, { event: {} })).toMatchObject({
      result: 1,
      invocation: { cold_start: true },
    });
  });

  it('keeps a sandbox whose handler waited for the children that it started', async () => {
    const source = `import { execFile } from 'node:child_process'; import { promisify } from 'node:util'; let calls = 0;
      export const handler = async () => { await promisify(execFile)('/bin/true'); return ++calls }`;
    const { name } = await runSource(source);
    for (const result of [2, 3, 4]) expect(await server.client.invoke(name)).toMatchObject({ result });
  });

  it('recycles a sandbox in which a child ran out of memory, although its handler answered', async () => {
    const source = `import { spawn } from 'node:child_process'; import { once } from 'node:events'; let calls = 0;
      export const handler = async ({ burst }) => {
        if (burst) await once(spawn(process.execPath, ['-e', 'const a = []; for (;;) a.push(Buffer.alloc(1 << 20, 1))']), 'exit');
        return ++calls;
      }`;
    const { name } = await runSource(source, {});
    expect((await server.client.invoke(name, { event: { burst: true } })).result).toBe(2);
    expect(await server.client.invoke(name, { event: {} })).toMatchObject({
      result: 1,
      invocation: { cold_start: true },
    });
  });

  it('keeps a sandbox whose module started a process of its own when it was loaded', async () => {
    const source = `import { spawn } from 'node:child_process'; let calls = 0;
      spawn('/bin/sleep', ['60'], { stdio: 'ignore' }).unref(); export const handler = () => ++calls`;
    const { name } = await runSource(source);
    expect((await server.client.invoke(name)).result).toBe(2);
  });

  it('what is written between two invocations is in nobody’s logs', async () => {
    const source =
      'export const handler = ({ first }) => { if (first) setTimeout(() => console.log("late"), 50); return 1 }';
    const { name } = await runSource(source, { first: true });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await server.client.invoke(name, { event: {} })).logs).toBe('');
  });
});
