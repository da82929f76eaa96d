import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCompat, type CompatTestServer } from './compat-server.ts';

let server: CompatTestServer;
beforeAll(async () => {
  server = await startCompat('scaas');
});
afterAll(() => server.stop());

interface Answer {
  readonly status: number;
  readonly document: Record<string, unknown>;
}

async function ask(method: string, path: string, body?: string | FormData): Promise<Answer> {
  const reply = await fetch(server.api + path, { method, ...(body === undefined ? {} : { body }) });
  return { status: reply.status, document: (await reply.json()) as Record<string, unknown> };
}

async function deploy(functionId: string, source: string): Promise<string> {
  const hash = createHash('sha256').update(source).digest('hex');
  const form = new FormData();
  form.append('file', new Blob([source]), 'code.py');
  const query = new URLSearchParams({ function_id: functionId, hash_code: hash }).toString();
  const { status, document } = await ask('POST', `/deploy?${query}`, form);
  expect([status, document['deployment_id']]).toEqual([200, `deployment_${functionId}_${hash}`]);
  return String(document['deployment_id']);
}

describe('the API of SRaaS’s service', () => {
  it('deploys once, invokes often, replaces and deletes', async () => {
    const first = await deploy(
      'f',
      'count = 0\ndef handler(event, context):\n    global count\n    count += 1\n    return [event, context.get("who"), count]\n',
    );
    for (let time = 0; time < 2; time++) {
      const body = JSON.stringify({ version: 'v1', event: { a: 1 }, context: { who: 'me' } });
      expect((await ask('POST', `/invoke/${first}`, body)).document).toMatchObject({
        result: [{ a: 1 }, 'me', 1],
        error: null,
      });
    }
    const second = await deploy('f', 'def handler(event, context):\n    print("logged")\n    raise ValueError("no")\n');
    expect((await ask('POST', `/invoke/${first}`, '{}')).status).toBe(404);
    expect(await ask('POST', `/invoke/${second}`, '{}')).toMatchObject({
      status: 200,
      document: { result: null, logs: 'logged\n', error: expect.stringContaining('ValueError: no') as string },
    });
    expect((await ask('DELETE', `/deployments/${second}`)).status).toBe(200);
    expect((await ask('DELETE', `/deployments/${second}`)).status).toBe(404);
  });

  it('S24: has a page whose runs are told of while they run, with limits, exit code and all', async () => {
    expect((await fetch(server.api)).headers.get('content-type')).toBe('text/html; charset=utf-8');
    const choices = await ask('GET', '/page/choices');
    expect(choices.document).toMatchObject({ limits: { memory_mb: 256 }, network: false });
    const code =
      'import os, time\ndef handler(event, context):\n    print("seen")\n    time.sleep(0.5)\n    os._exit(event)\n';
    const input = '{"version":"v1","event":3}';
    const wish = { runtime: 'python3.13', language: 'python', handler: 'main.handler', code, input };
    const body = JSON.stringify({ ...wish, limits: { cpus: 0.25, memory_mb: 64, pids: 32, timeout_ms: 9000 } });
    const text = await (await fetch(`${server.api}/page/run`, { method: 'POST', body })).text();
    const names = [...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name);
    expect([names[0], names.at(-1)]).toEqual(['started', 'ended']);
    const written = [...text.matchAll(/^data: (\{"text".*)$/gm)].map(
      ([, data = '']) => JSON.parse(data) as { text: string },
    );
    expect(written.map((piece) => piece.text).join('')).toBe('seen\n');
    expect(text).toContain(
      '"limits":{"cpus":0.25,"memory_mb":64,"pids":32,"tmp_mb":64,"timeout_ms":9000,"network":"none"}',
    );
    expect(text).toContain('docker run --rm --init --cpus 0.25 --cpu-shares 256 --memory 67108864 ');
    expect(text).toMatch(/"outcome":"exited".*"exit_code":3/);
  });

  it('says that the engine is there', async () => {
    expect(await ask('GET', '/health')).toEqual({ status: 200, document: { status: 'ok', docker_available: true } });
  });
});
