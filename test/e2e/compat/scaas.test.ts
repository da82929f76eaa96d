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

  it('says that the engine is there', async () => {
    expect(await ask('GET', '/health')).toEqual({ status: 200, document: { status: 'ok', docker_available: true } });
  });
});
