import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../support/containers.ts';
import { spawnOnStore } from '../support/database-url.ts';
import { startServer, type TestServer } from '../support/server.ts';

const config = { runtime: 'node24', handler: 'main.handler' } as const;
const echo = { files: { 'main.mjs': 'export const handler = (event, context) => ({ event, who: context.who })' } };
const headers = { 'content-type': 'application/json' };

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

interface Made {
  readonly id: string;
  readonly mode: string;
  readonly state: string;
  readonly schedule: string | null;
  readonly version: number;
}

async function call(path: string, init: RequestInit = {}, url = server.url) {
  const response = await fetch(url + path, init);
  const text = await response.text();
  const body = (text === '' ? undefined : JSON.parse(text)) as {
    readonly code?: string;
    readonly [name: string]: unknown;
  };
  return { status: response.status, location: response.headers.get('location'), text, body };
}

const put = (path: string, body: object | string, url?: string) =>
  call(path, { method: 'PUT', headers, body: typeof body === 'string' ? body : JSON.stringify(body) }, url);

async function made(name: string, url?: string): Promise<readonly Made[]> {
  const { body } = await call(`/functions/${name}/invocations?mode=scheduled`, {}, url);
  return body['invocations'] as readonly Made[];
}

describe('a schedule over HTTP', () => {
  it('is made, shown, listed, switched and removed, with its event as it came', async () => {
    await server.client.deploy('life', config, echo);
    const path = '/functions/life/schedules/yearly';
    const event = '{"n":9007199254740993,"s":"\\ud800\\u0000"}';
    const document = `{"cron":"0 0 1 1 *","timezone":"Europe/Berlin","event":${event}}`;
    const created = await put(path, document);
    expect([created.status, created.location, created.body['outcome']]).toEqual([201, path, 'created']);
    expect((await put(path, document)).status).toBe(200);
    const shown = await call(path);
    expect(shown.text).toContain(`"event":${event}`);
    expect(shown.body).toMatchObject({
      schedule: 'yearly',
      qualifier: null,
      overlap: 'skip',
      enabled: true,
      revision: 2,
    });
    expect(shown.body['next_at']).toMatch(/-12-31T23:00:00\.000Z$/);
    expect((await call('/functions/life/schedules')).text).not.toContain('9007199254740993');
    const patch = { method: 'PATCH', headers, body: '{"enabled":false}' };
    expect((await call(path, patch)).body).toMatchObject({ enabled: false, next_at: null });
    expect((await call(path, { method: 'DELETE' })).status).toBe(204);
    expect(await call(path)).toMatchObject({ status: 404, body: { code: 'SCHEDULE_NOT_FOUND' } });
  });

  it('is refused with a code for what is wrong', async () => {
    await server.client.deploy('strict', config, echo);
    const path = '/functions/strict/schedules/tick';
    const cron = '*/5 * * * *';
    const refusals = [
      [await put(path, { cron: 'never' }), 400, 'INVALID_SCHEDULE'],
      [await put(path, { cron, qualifier: 'live' }), 400, 'INVALID_SCHEDULE'],
      [await put(path, '{'), 400, 'INVALID_JSON'],
      [await put(path, { cron, event: 'x'.repeat(1_000_001) }), 413, 'EVENT_TOO_LARGE'],
      [await put(path, { cron, event: 'x'.repeat(1_100_000) }), 413, 'EVENT_TOO_LARGE'],
      [await put('/functions/strict/schedules/1st', { cron }), 400, 'INVALID_NAME'],
      [await put('/functions/nobody/schedules/tick', { cron }), 404, 'FUNCTION_NOT_FOUND'],
      [await put(`${path}?now=1`, { cron }), 400, 'INVALID_QUERY'],
      [await call(path, { method: 'POST' }), 405, 'METHOD_NOT_ALLOWED'],
      [await call(path, { method: 'PATCH', headers, body: '{}' }), 400, 'INVALID_SCHEDULE'],
    ] as const;
    expect(refusals.map(([{ status, body }]) => [status, body.code])).toEqual(
      refusals.map(([, status, code]) => [status, code]),
    );
    expect((await call('/functions/strict/schedules')).body).toEqual({ schedules: [] });
  });
});

describe('a function with a schedule', () => {
  it('is run at its times, and what came of each run is in its history', async () => {
    await server.client.deploy('ticking', config, echo);
    const path = '/functions/ticking/schedules/tick';
    await put(path, { cron: '* * * * * *', event: { n: 1 }, context: { who: 'clock' } });
    await until(
      async () => (await made('ticking')).filter(({ state }) => state === 'succeeded').length >= 2,
      30_000,
      'two runs',
    );
    await call(path, { method: 'DELETE' });
    const [invocation] = (await made('ticking')).filter(({ state }) => state === 'succeeded');
    expect(invocation).toMatchObject({ mode: 'scheduled', schedule: 'tick', version: 1 });
    expect((await call(`/invocations/${invocation?.id ?? ''}`)).body).toMatchObject({
      result: { event: { n: 1 }, who: 'clock' },
    });
  });

  it('is run again after its server was killed, for a time that was missed meanwhile', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-schedules-'));
    onTestFinished(() => rm(dataDirectory, { recursive: true, force: true }));
    const path = '/functions/missed/schedules/tick';
    const first = await spawnOnStore(dataDirectory);
    await first.client.deploy('missed', config, echo);
    await put(path, { cron: '*/2 * * * * *', overlap: 'allow' }, first.url);
    await until(async () => (await made('missed', first.url)).length > 0, 30_000, 'a first run');
    await first.signal('SIGKILL');
    await using second = await spawnOnStore(dataDirectory);
    const isOver = async (): Promise<boolean> => {
      const runs = await made('missed', second.url);
      return runs.length > 1 && runs.every(({ state }) => state === 'succeeded');
    };
    await until(
      async () => {
        // Once another run has been made there need be no more.
        if ((await made('missed', second.url)).length > 1) await call(path, { method: 'DELETE' }, second.url);
        return isOver();
      },
      30_000,
      'all runs, the one that the kill interrupted among them, have succeeded',
    );
  });
});
