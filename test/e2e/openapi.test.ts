import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DescribedApi, type ApiDocument } from '../support/described-api.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let api: DescribedApi;
beforeAll(async () => {
  server = await startServer();
  api = new DescribedApi((await (await fetch(`${server.url}/openapi.json`)).json()) as ApiDocument);
});
afterAll(() => server.stop());

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

interface Call {
  readonly document?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request, and holds what came, and what was sent where it was accepted, against the description. */
async function call(method: string, target: string, { document, text, headers = {} }: Call = {}): Promise<Reply> {
  const body = text ?? (document === undefined ? undefined : JSON.stringify(document));
  const response = await fetch(`${server.url}${target}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const request = { method: method.toLowerCase(), path: new URL(target, server.url).pathname };
  const received = await response.text();
  const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
  const { status } = response;
  if (type === 'text/event-stream') {
    for (const [name, data] of eventsOf(received)) {
      expect(api.faultOfEvent(request, name, data), `${method} ${target}: ${name}`).toBeUndefined();
    }
    return { status, headers: response.headers, body: received };
  }
  const parsed: unknown = received === '' ? undefined : /[/+]json$/.test(type) ? JSON.parse(received) : received;
  expect(api.faultOfReply(request, { status, type, body: parsed }), `${method} ${target}: ${status}`).toBeUndefined();
  if (status < 300 && document !== undefined) {
    expect(api.faultOfRequest(request, document), `${method} ${target}`).toBeUndefined();
  }
  return { status, headers: response.headers, body: parsed };
}

function eventsOf(stream: string): readonly (readonly [name: string, data: unknown])[] {
  return [...stream.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, name = '', data = '']) => [
    name,
    JSON.parse(data),
  ]);
}

const statusOf = async (...parts: Parameters<typeof call>): Promise<number> => (await call(...parts)).status;
const files = {
  'main.mjs': 'export const handler = (event) => { if (event.fail) throw new Error("no"); return event }',
};
const greet = { runtime: 'node24', handler: 'main.handler', files, history: 'all' };
const invoke = '/functions/greet/invoke';

describe('GET /openapi.json', () => {
  it('answers with a document of OpenAPI 3.1 in the version of the product, and HEAD with its headers', async () => {
    const got = await fetch(`${server.url}/openapi.json`);
    const text = await got.text();
    expect(got.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(JSON.parse(text)).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\./) as string,
      info: { version: (await server.client.health()).version },
    });
    const head = await fetch(`${server.url}/openapi.json`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(Buffer.byteLength(text))]);
    expect(await head.text()).toBe('');
    expect(await statusOf('GET', '/openapi.json?pretty=true')).toBe(400);
    expect((await fetch(`${server.url}/openapi.json`, { method: 'PUT' })).status).toBe(405);
  });
});

describe('what the server takes and answers is as its description says', () => {
  it('of functions, versions and aliases', async () => {
    expect(await statusOf('PUT', '/functions/greet', { document: greet })).toBe(201);
    expect(await statusOf('PUT', '/functions/greet', { document: greet })).toBe(200);
    const patch = {
      limits: { memory_mb: 128 },
      labels: { team: 'web' },
      async: { webhook_url: 'http://127.0.0.1:9/' },
    };
    expect(await statusOf('PATCH', '/functions/greet', { document: patch })).toBe(200);
    expect(await statusOf('POST', '/functions/greet/rollback', { document: { to: 1 } })).toBe(200);
    const shown = await call('GET', '/functions/greet');
    expect(shown.body).toMatchObject({ name: 'greet', version: 3 });
    const tag = shown.headers.get('etag') ?? '';
    expect(await statusOf('GET', '/functions/greet', { headers: { 'if-none-match': tag, 'cache-control': '' } })).toBe(
      304,
    );
    expect(await statusOf('GET', '/functions/greet@1')).toBe(200);
    expect(await statusOf('GET', '/functions?limit=1')).toBe(200);
    expect(await statusOf('GET', '/functions/greet/versions?limit=2')).toBe(200);
    expect((await call('GET', '/functions/greet/versions/1/diff/2')).body).toMatchObject({ code: { same: true } });

    const alias = { version: 1, other_version: 2, other_percent: 10 };
    expect(await statusOf('PUT', '/functions/greet/aliases/live', { document: alias })).toBe(201);
    expect(await statusOf('PUT', '/functions/greet/aliases/live', { document: { version: 3 } })).toBe(200);
    expect(await statusOf('GET', '/functions/greet/aliases/live')).toBe(200);
    expect(await statusOf('GET', '/functions/greet/aliases')).toBe(200);
    expect(await statusOf('POST', '/functions/greet:live/rollback')).toBe(200);
    expect(await statusOf('DELETE', '/functions/greet/aliases/live')).toBe(204);
    expect(await statusOf('DELETE', '/functions/greet@2')).toBe(204);
  });

  it('of calls and what is kept of them', async () => {
    const ok = await call('POST', invoke, { document: { version: 'v1', event: { name: 'Ada' } } });
    expect(ok.body).toMatchObject({ result: { name: 'Ada' }, error: null });
    const failed = await call('POST', invoke, { document: { version: 'v1', event: { fail: true }, context: {} } });
    expect(failed.body).toMatchObject({ result: null, invocation: { outcome: 'handler_error' } });

    const accepted = await call('POST', `${invoke}?mode=async`, { document: { version: 'v1' } });
    expect(accepted.status).toBe(202);
    const id = (accepted.body as { readonly id: string }).id;
    await server.client.invocations.untilEnded(id);
    expect((await call('GET', `/invocations/${id}`)).body).toMatchObject({ state: 'succeeded', event: {}, result: {} });
    expect(await statusOf('POST', `/invocations/${id}/replay`, { document: { reference: 'greet' } })).toBe(200);
    expect(await statusOf('GET', '/functions/greet/invocations?outcome=ok&limit=5')).toBe(200);
    expect(await statusOf('GET', '/invocations')).toBe(200);
    expect(await statusOf('DELETE', `/invocations/${id}`)).toBe(409);
    expect(await statusOf('GET', '/dead-letters')).toBe(200);
    expect(await statusOf('DELETE', '/dead-letters?function=greet')).toBe(200);
  });

  it('of programs and handlers that are not deployed, as documents and as events', async () => {
    const program = { runtime: 'javascript', code: 'console.log(6 * 7)' };
    expect((await call('POST', '/run', { document: program })).body).toMatchObject({ stdout: '42\n', exit_code: 0 });
    const told = await call('POST', '/run', { document: program, headers: { accept: 'text/event-stream' } });
    expect(eventsOf(String(told.body)).map(([name]) => name)).toEqual(['started', 'stdout', 'ended']);
    const { history: _history, ...handler } = greet;
    const run = await call('POST', '/run', { document: { ...handler, envelope: { version: 'v1', event: [1] } } });
    expect(run.body).toMatchObject({ result: [1], invocation: { function: 'run' } });
  });

  it('of schedules, secrets, runtimes, languages and health', async () => {
    const nightly = '/functions/greet/schedules/nightly';
    const definition = { cron: '30 2 * * *', timezone: 'Europe/Berlin', event: [1], qualifier: null };
    expect(await statusOf('PUT', nightly, { document: definition })).toBe(201);
    expect(await statusOf('PUT', nightly, { document: { cron: '@hourly', enabled: false } })).toBe(200);
    expect(await statusOf('PATCH', nightly, { document: { enabled: true } })).toBe(200);
    expect(await statusOf('GET', nightly)).toBe(200);
    expect(await statusOf('GET', '/functions/greet/schedules')).toBe(200);
    expect(await statusOf('DELETE', nightly)).toBe(204);
    expect(await statusOf('PUT', '/secrets/db-password', { document: { value: 'correct horse' } })).toBe(201);
    expect(await statusOf('PUT', '/secrets/db-password', { document: { value: 'battery' } })).toBe(200);
    expect(await statusOf('GET', '/secrets')).toBe(200);
    expect(await statusOf('DELETE', '/secrets/db-password')).toBe(204);
    for (const path of ['/runtimes', '/runtimes/node24', '/languages', '/healthz', '/readyz']) {
      expect(await statusOf('GET', path), path).toBe(200);
    }
  });

  it('of requests to every route that nobody can mean', async () => {
    let calls = 0;
    for (const { method, path } of api.operations()) {
      for (const part of [
        'no-such',
        '01a53c9e-6a2b-7c50-9f0e-3d1c8f2b7a11',
        '9!',
        'no-such@1',
        'no-such:live',
        '%zz',
      ]) {
        // What is about everything there is gets a query that it does not know, so that it does nothing.
        const query = path.includes('{') ? '' : '?colour=red';
        for (const text of ['{', '[]', '{"colour":"red"}', '{"version":"v1"}']) {
          const target = `${path.replaceAll(/\{\w+\}/g, part)}${query}`;
          const { status, body } = await call(method.toUpperCase(), target, method === 'get' ? {} : { text });
          if (status >= 400 && !api.names({ method, path }, status))
            expect([target, body]).toMatchObject([target, { code: 'BAD_REQUEST' }]);
          calls += 1;
          if (method === 'get' || method === 'delete') break;
        }
      }
    }
    expect(calls).toBeGreaterThan(300);
  });

  it('of errors', async () => {
    const wrong = { document: { ...greet, colour: 'red', limits: { memory_mb: '1' } } };
    const refused = await call('PUT', '/functions/wrong', wrong);
    expect([refused.status, refused.body]).toMatchObject([400, { code: 'INVALID_CONFIG', errors: [{}, {}] }]);
    expect(await statusOf('POST', invoke, { text: '{' })).toBe(400);
    expect(await statusOf('POST', invoke, { document: { version: 'v2' } })).toBe(400);
    expect(await statusOf('POST', invoke, { text: 'x', headers: { 'content-type': 'text/plain' } })).toBe(415);
    expect(await statusOf('POST', '/functions/nobody/invoke', { document: { version: 'v1' } })).toBe(404);
    expect(await statusOf('GET', '/functions/greet@99')).toBe(404);
    expect(await statusOf('GET', '/functions/%zz')).toBe(400);
    expect(await statusOf('GET', '/functions?limit=many')).toBe(400);
    expect(await statusOf('GET', '/functions/greet/logs')).toBe(400);
    expect(await statusOf('GET', '/runtimes/nobody')).toBe(404);
    expect(await statusOf('DELETE', '/functions/greet@3')).toBe(409);
    expect(await statusOf('DELETE', '/functions/greet', { headers: { 'if-match': '"other"' } })).toBe(412);
    expect(await statusOf('GET', '/healthz', { headers: { origin: 'https://elsewhere.example' } })).toBe(403);
    expect(await statusOf('DELETE', '/functions/greet')).toBe(204);
  });
});
