import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../support/containers.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ historyLogBytes: 100 });
});
afterAll(() => server.stop());

const source = `export const handler = async (event, context) => {
  console.log('printed');
  if (event.flood) console.log('x'.repeat(200));
  if (event.fail) throw new Error('no');
  if (event.waitMs) await new Promise((resolve) => setTimeout(resolve, event.waitMs));
  return { event, trace: context.trace };
};`;

async function deploy(name: string, history: string, main = source): Promise<void> {
  const config = { runtime: 'node24', handler: 'main.handler', history };
  const { status } = await request(server.url)
    .put(`/functions/${name}`)
    .send({ ...config, files: { 'main.mjs': main } });
  expect(status).toBe(201);
}

async function invoke(name: string, body: string): Promise<{ readonly id: string; readonly text: string }> {
  const reply = await request(server.url).post(`/functions/${name}/invoke`).type('json').send(body);
  return { id: reply.headers['x-sraas-invocation-id'] ?? '', text: reply.text };
}

interface Listed {
  readonly invocations: readonly { readonly id: string; readonly outcome: string | null }[];
  readonly next_cursor: string | null;
}

async function list(path: string): Promise<Listed> {
  return (await request(server.url).get(path)).body as Listed;
}

describe('an invocation that has ended', () => {
  it('is shown with all that is known of it, right after its reply', async () => {
    await deploy('shown', 'all');
    const { id, text } = await invoke('shown', '{"version":"v1","event":{"a":1},"context":{"trace":"t"}}');
    const reply = JSON.parse(text) as { invocation: object; duration_ms: number };
    const shown = await request(server.url).get(`/invocations/${id}`);
    expect(shown.status).toBe(200);
    expect(shown.body).toMatchObject({
      ...reply.invocation,
      duration_ms: reply.duration_ms,
      mode: 'sync',
      state: 'succeeded',
      error: null,
      error_code: null,
      attempt: 1,
      max_attempts: 1,
      replay_of: null,
      event: { a: 1 },
      context: { trace: 't' },
      result: { event: { a: 1 }, trace: 't' },
      logs: 'printed\n',
    });
    expect((await list('/functions/shown/invocations')).invocations.map((listed) => listed.id)).toEqual([id]);
  });

  it('keeps event and result byte for byte', async () => {
    await deploy('bytes', 'all', 'export const handler = (event) => event.text;');
    const event = '{ "n":9007199254740993, "f":1.0,"e":1E2 ,"text":"\\ud800\\u0000\\u00e9é","twice":1,"twice":2}';
    const { id } = await invoke('bytes', `{"event": ${event} ,"version":"v1"}`);
    const { text } = await request(server.url).get(`/invocations/${id}`);
    expect(text).toContain(`"event":${event},"context":{},"result":"\\ud800\\u0000éé"`);
  });

  it('keeps the event of a failure alone, where only those are asked for; and logs up to the limit', async () => {
    await deploy('failing', 'failures');
    const good = await invoke('failing', '{"version":"v1","event":{"flood":true}}');
    const bad = await invoke('failing', '{"version":"v1","event":{"fail":true}}');
    const shownGood = (await request(server.url).get(`/invocations/${good.id}`)).body as { logs: string };
    expect(shownGood).not.toHaveProperty('event');
    expect(shownGood).not.toHaveProperty('result');
    expect(shownGood).toMatchObject({ state: 'succeeded', logs_truncated: true });
    expect(shownGood.logs).toBe(`printed\n${'x'.repeat(92)}\n[logs cut here: 109 more bytes]\n`);
    expect((await request(server.url).get(`/invocations/${bad.id}`)).body).toMatchObject({
      state: 'failed',
      outcome: 'handler_error',
      error: expect.stringContaining('Error: no') as string,
      event: { fail: true },
      logs: 'printed\n',
    });
  });

  it('is listed by function, newest first, in pages and filtered', async () => {
    await deploy('listed', 'none');
    const ids: string[] = [];
    for (const event of ['{}', '{"fail":true}', '{}', '{"fail":true}']) {
      ids.unshift((await invoke('listed', `{"version":"v1","event":${event}}`)).id);
    }
    const first = await list('/functions/listed/invocations?limit=3');
    expect(first.invocations.map(({ id }) => id)).toEqual(ids.slice(0, 3));
    const second = await list(`/functions/listed/invocations?limit=3&cursor=${String(first.next_cursor)}`);
    expect(second).toMatchObject({ invocations: [{ id: ids[3] }], next_cursor: null });
    const failures = await list('/functions/listed/invocations?outcome=handler_error');
    expect(failures.invocations.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    expect((await list('/functions/listed/invocations?state=succeeded&version=1&mode=sync')).invocations).toHaveLength(
      2,
    );
    expect((await list('/functions/listed/invocations?version=2')).invocations).toEqual([]);
  });

  it.each([
    ['outcome=fine'],
    ['state=queued&state=dead'],
    ['mode='],
    ['version=0'],
    ['version=1.5'],
    ['limit=0'],
    ['cursor=%27%3B%20drop%20table%20invocations'],
    ['cursor=%00'],
    ['functions=1'],
  ])('is not looked for by ?%s', async (query) => {
    await request(server.url)
      .get(`/functions/shown/invocations?${query}`)
      .expect(400)
      .expect(/INVALID_QUERY/);
  });

  it.each([['unknown'], ['%00'], ['019ab000-0000-7000-8000-000000000000']])('is not found as %s', async (id) => {
    await request(server.url)
      .get(`/invocations/${id}`)
      .expect(404)
      .expect(/INVOCATION_NOT_FOUND/);
    await request(server.url)
      .post(`/invocations/${id}/replay`)
      .expect(404)
      .expect(/INVOCATION_NOT_FOUND/);
  });

  it('outlives its function, which its name made anew does not inherit', async () => {
    await deploy('gone', 'all');
    const { id } = await invoke('gone', '{"version":"v1"}');
    await server.client.remove('gone');
    await request(server.url).get(`/invocations/${id}`).expect(200);
    await request(server.url)
      .get('/functions/gone/invocations')
      .expect(404)
      .expect(/FUNCTION_NOT_FOUND/);
    await request(server.url)
      .post(`/invocations/${id}/replay`)
      .expect(404)
      .expect(/FUNCTION_NOT_FOUND/);
    await deploy('gone', 'all');
    expect((await list('/functions/gone/invocations')).invocations).toEqual([]);
    await request(server.url)
      .post(`/invocations/${id}/replay`)
      .expect(404)
      .expect(/FUNCTION_NOT_FOUND/);
    await request(server.url).post(`/invocations/${id}/replay`).send({ reference: 'gone' }).expect(200);
  });
});

describe('an invocation that runs', () => {
  it('is shown as such, and as cancelled when its client has gone', async () => {
    await deploy('slow', 'all');
    const sent = httpRequest(`${server.url}/functions/slow/invoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    sent.on('error', () => undefined);
    sent.end('{"version":"v1","event":{"waitMs":9000}}');
    await once(sent, 'finish');
    await until(async () => (await server.client.invocations.running()).length === 1, 10_000, 'it runs');
    const [running] = await server.client.invocations.running();
    const path = `/invocations/${running?.id ?? ''}`;
    expect((await request(server.url).get(path)).body).toMatchObject({
      state: 'running',
      outcome: null,
      ended_at: null,
    });
    await request(server.url)
      .post(`${path}/replay`)
      .expect(409)
      .expect(/EVENT_NOT_KEPT/);
    sent.destroy();
    await until(async () => (await server.client.invocations.running()).length === 0, 10_000, 'it has ended');
    expect((await request(server.url).get(path)).body).toMatchObject({
      state: 'cancelled',
      outcome: null,
      error_code: 'INVOCATION_CANCELLED',
      event: { waitMs: 9000 },
    });
  });
});

describe('a replay', () => {
  it('runs the same event on the same version, or on another, and says what it repeats', async () => {
    await deploy('again', 'all');
    const first = await invoke('again', '{"version":"v1","event":{"n":9007199254740993},"context":{"trace":"t"}}');
    await request(server.url)
      .put('/functions/again')
      .send({
        runtime: 'node24',
        handler: 'main.handler',
        files: { 'main.mjs': 'export const handler = (event, context) => [2, event, context.trace]' },
      })
      .expect(200);
    const same = await request(server.url).post(`/invocations/${first.id}/replay`);
    expect(same.headers['x-sraas-outcome']).toBe('ok');
    expect(same.body).toMatchObject({ result: { trace: 't' }, invocation: { version: 1 } });
    const other = await request(server.url).post(`/invocations/${first.id}/replay`).send({ reference: 'again@2' });
    expect(other.body).toMatchObject({ result: [2, {}, 't'], invocation: { version: 2 } });
    const id = other.headers['x-sraas-invocation-id'] ?? '';
    expect(id).not.toBe(first.id);
    expect((await request(server.url).get(`/invocations/${id}`)).body).toMatchObject({ replay_of: first.id });
  });

  it('is refused where the event was not kept, and for documents that say something else', async () => {
    const { id } = await invoke('failing', '{"version":"v1"}');
    const path = `/invocations/${id}/replay`;
    await request(server.url)
      .post(path)
      .expect(409)
      .expect(/EVENT_NOT_KEPT/);
    const { id: kept } = await invoke('failing', '{"version":"v1","event":{"fail":true}}');
    for (const body of ['[]', '1', '{"reference":1}', '{"version":"v1"}']) {
      await request(server.url).post(`/invocations/${kept}/replay`).type('json').send(body).expect(400);
    }
    await request(server.url).post(`/invocations/${kept}/replay`).type('text').send('{}').expect(415);
    await request(server.url)
      .post(`/invocations/${kept}/replay`)
      .send({ reference: 'x'.repeat(2000) })
      .expect(413);
    await request(server.url)
      .post(`/invocations/${kept}/replay?fast=true`)
      .expect(400)
      .expect(/INVALID_QUERY/);
    await request(server.url).post(`/invocations/${kept}/replay`).send({ reference: 'again@9' }).expect(404);
  });
});

describe('a stop', () => {
  it('loses no invocation that had ended before it', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-history-'));
    onTestFinished(() => rm(dataDirectory, { recursive: true, force: true }));
    const first = await startServer({ dataDirectory });
    const files = { 'main.mjs': 'export const handler = () => 1' };
    await first.client.deploy('kept', { runtime: 'node24', handler: 'main.handler' }, { files });
    const { invocation } = await first.client.invoke('kept');
    await first.stop();
    await using second = await startServer({ dataDirectory });
    await request(second.url)
      .get(`/invocations/${invocation.id}`)
      .expect(200)
      .expect(/"outcome":"ok"/);
  });
});
