import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { containersOn, until } from '../../support/containers.ts';
import { startCompat, type CompatTestServer } from './compat-server.ts';

let server: CompatTestServer;
beforeAll(async () => {
  server = await startCompat('ranna', { rannaTimeoutMs: 3000, rannaOutputBytes: 100_000 });
});
afterAll(() => server.stop());

interface Answer {
  readonly status: number;
  readonly document: Record<string, unknown>;
}

async function exec(body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(`${server.api}/v1/exec`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: reply.status, document: (await reply.json()) as Record<string, unknown> };
}

describe('ranna’s API', () => {
  it('runs code in each built-in language', async () => {
    const programs = {
      python3: 'print("hi")',
      javascript: 'console.log("hi")',
      typescript: 'const text: string = "hi"; console.log(text)',
      bash: 'echo hi',
    };
    for (const [language, code] of Object.entries(programs)) {
      expect(await exec({ language, code }), language).toMatchObject({
        status: 200,
        document: { stdout: 'hi\n', stderr: '', exit_code: 0 },
      });
    }
  });

  it('has all output of a program that ends at once, ten times in a row', async () => {
    for (let time = 0; time < 10; time++) {
      const { document } = await exec({ language: 'sh', code: 'echo out; echo err >&2' });
      expect([document['stdout'], document['stderr']]).toEqual(['out\n', 'err\n']);
    }
  });

  it('hands arguments and environment to the program', async () => {
    const code = 'import os, sys\nprint(sys.argv[1:], os.environ["NAME"])';
    const order = { language: 'py', code, arguments: ['a b', '"c"'], environment: { NAME: 'value' } };
    expect((await exec(order)).document['stdout']).toBe(`['a b', '"c"'] value\n`);
  });

  it('answers a program that fails like any other, with what it used', async () => {
    const { status, document } = await exec({ language: 'py', code: 'raise ValueError("no")' });
    expect([status, document['exit_code']]).toEqual([200, 1]);
    expect(document['stderr']).toContain('ValueError: no');
    expect(document['max_memory_bytes']).toBeGreaterThan(1_000_000);
    expect(document['cpu_ms']).toBeGreaterThan(0);
  });

  it('ends a program at the time limit, and its container goes', async () => {
    const startedAt = performance.now();
    expect(await exec({ language: 'py', code: 'while True: pass' })).toEqual({
      status: 400,
      document: { error: 'code execution timed out', code: 400 },
    });
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    await until(async () => (await containersOn(server.dataDirectory)).length === 0, 10_000, 'the container is gone');
  });

  it('ends a program that writes without end', async () => {
    expect(await exec({ language: 'sh', code: 'yes' })).toEqual({
      status: 400,
      document: { error: 'output len exceeded', code: 400 },
    });
  });

  it('tells of a program over the WebSocket while it runs, and ends it when asked to', async () => {
    const socket = new WebSocket(`${server.api.replace('http', 'ws')}/v1/ws`);
    await once(socket, 'open');
    const events: { readonly code: number; readonly data: { readonly runid: string; readonly stdout?: string } }[] = [];
    socket.on('message', (data: Buffer) => events.push(JSON.parse(data.toString()) as (typeof events)[number]));
    const code = 'import time\nprint("first", flush=True)\ntime.sleep(60)\n';
    socket.send(JSON.stringify({ op: 1, nonce: 1, args: { language: 'py', code } }));
    const written = (): string => events.map(({ data }) => data.stdout ?? '').join('');
    await until(() => written() === 'first\n', 20_000, 'the first line');
    const runid = events[0]?.data.runid ?? '';
    socket.send(JSON.stringify({ op: 2, args: { runid } }));
    await until(() => events.some((event) => event.code === 4 && event.data.runid === runid), 20_000, 'the end');
    socket.terminate();
  });

  it('tells versions and the engine', async () => {
    const info = (await (await fetch(`${server.api}/v1/info`)).json()) as { readonly sandbox: object };
    expect(info.sandbox).toEqual({ type: 'docker', version: expect.stringMatching(/^\d+\./) as string });
  });
});
