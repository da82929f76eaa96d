import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ maxEventBytes: 1_000_000 });
  await server.client.deploy(
    'good',
    { runtime: 'node24', handler: 'main.handler' },
    { files: { 'main.mjs': 'export const handler = (event) => (typeof event === "string" ? event.length : event)' } },
  );
});
afterAll(() => server.stop());

const config = { runtime: 'node24', handler: 'main.handler', files: { 'main.mjs': 'export const handler = () => 1' } };

function invoke(body: string, name = 'good'): request.Test {
  return request(server.url).post(`/functions/${name}/invoke`).set('Content-Type', 'application/json').send(body);
}

function put(document: unknown, name = 'other'): request.Test {
  return request(server.url)
    .put(`/functions/${name}`)
    .send(document as object);
}

/** The reply is a problem with this code, complete, and tells nothing of the inside. */
function expectProblem(response: request.Response, status: number, code: string): void {
  expect({ status: response.status, code: (response.body as { code?: string }).code }).toEqual({ status, code });
  expect(response.headers['content-type']).toBe('application/problem+json');
  expect(Number(response.headers['content-length'])).toBe(Buffer.byteLength(response.text));
  const body = response.body as Record<string, unknown>;
  expect(body).toMatchObject({
    status,
    type: expect.stringMatching(/^urn:/) as string,
    title: expect.any(String) as string,
  });
  expect(String(body['detail'])).toMatch(/[.;]$/);
  expect(body['request_id']).toBe(response.headers['x-request-id']);
  expect(response.text).not.toMatch(/node_modules|at .*\.ts|\/src\/|\/tmp\//);
}

function pointersOf(response: request.Response): readonly string[] {
  return (response.body as { errors?: { pointer: string }[] }).errors?.map((error) => error.pointer) ?? [];
}

describe('the envelope', () => {
  it.each([
    ['malformed JSON', '{"version":"v1",', 'INVALID_JSON'],
    ['two JSON values', '{"version":"v1"}{}', 'INVALID_JSON'],
    ['an empty body', '', 'INVALID_JSON'],
    ['an array', '[]', 'INVALID_ENVELOPE'],
    ['null', 'null', 'INVALID_ENVELOPE'],
  ])('refuses %s', async (_title, body, code) => {
    const response = await invoke(body);
    expectProblem(response, 400, code);
    expect(response.headers['x-sraas-invocation-id']).toBe(response.headers['x-request-id']);
    expect(response.headers['x-sraas-outcome']).toBe('not_run');
  });

  it.each([['{}'], ['{"version":"v2"}'], ['{"version":1}'], ['{"version":["v1"]}']])(
    'refuses the version of %s',
    async (body) => {
      const response = await invoke(body);
      expectProblem(response, 400, 'INVALID_ENVELOPE');
      expect((response.body as { detail: string }).detail).toContain('Unsupported or missing version');
      expect(pointersOf(response)).toEqual(['/version']);
    },
  );

  it('reports every violation, with its pointer', async () => {
    const response = await invoke('{"context":[],"more":1,"a/b":2}');
    expectProblem(response, 400, 'INVALID_ENVELOPE');
    expect(pointersOf(response)).toEqual(['/version', '/context', '/more', '/a~1b']);
  });

  it('refuses invalid UTF-8 instead of replacing it', async () => {
    const body = Buffer.concat([Buffer.from('{"version":"v1","event":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`${server.url}/functions/good/invoke`, { method: 'POST', headers, body });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([400, 'INVALID_JSON']);
  });

  it('accepts missing event and context, and any JSON as the event', async () => {
    expect((await invoke('{"version":"v1"}')).body).toMatchObject({ result: {}, error: null });
    expect((await invoke('{"version":"v1","event":null}')).body).toMatchObject({ result: null, error: null });
    expect((await invoke('{"version":"v1","event":[1,"x"],"context":{}}')).body).toMatchObject({ result: [1, 'x'] });
  });

  it('passes 1,000,000 bytes and refuses one more', async () => {
    const frame = '{"version":"v1","event":""}';
    const exact = `{"version":"v1","event":"${'x'.repeat(1_000_000 - frame.length)}"}`;
    expect((await invoke(exact)).body).toMatchObject({ result: 1_000_000 - frame.length });
    expectProblem(await invoke(exact.replace('x', 'xx')), 413, 'EVENT_TOO_LARGE');
  });

  it.each([['text/plain'], ['application/x-www-form-urlencoded'], ['application/json; charset=utf-16'], ['']])(
    'refuses the content type %j',
    async (type) => {
      const response = await request(server.url)
        .post('/functions/good/invoke')
        .set('Content-Type', type)
        .send('{"version":"v1"}');
      expectProblem(response, 415, 'UNSUPPORTED_MEDIA_TYPE');
    },
  );

  it('refuses an invoke with a query, instead of ignoring it', async () => {
    const response = await request(server.url).post('/functions/good/invoke?colour=red').send({ version: 'v1' });
    expectProblem(response, 400, 'INVALID_QUERY');
  });

  it('refuses a compressed body', async () => {
    expectProblem(await invoke('{"version":"v1"}').set('Content-Encoding', 'gzip'), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });
});

describe('names and routes', () => {
  it.each([
    ['nobody', 'FUNCTION_NOT_FOUND'],
    ['good@7', 'VERSION_NOT_FOUND'],
    ['good:live', 'ALIAS_NOT_FOUND'],
  ])('knows no %s', async (name, code) => {
    expectProblem(await invoke('{"version":"v1"}', name), 404, code);
    expectProblem(await request(server.url).get(`/functions/${name}`), 404, code);
  });

  it.each([
    ['..%2fx'],
    ['%2e%2e%2fx'],
    ['a%2fb'],
    ['-x'],
    ['1x'],
    ['a b'],
    ['a%00'],
    ['x'.repeat(65)],
    ['%F0%9F%98%80'],
  ])('refuses the name %s', async (name) => {
    expectProblem(await put(config, name), 400, 'INVALID_NAME');
    expectProblem(await request(server.url).delete(`/functions/${name}`), 400, 'INVALID_NAME');
  });

  it('treats names that objects have of their own as unknown', async () => {
    expectProblem(await request(server.url).get('/functions/constructor'), 404, 'FUNCTION_NOT_FOUND');
    expectProblem(await request(server.url).get('/functions/__proto__'), 400, 'INVALID_NAME');
  });

  it('answers 404 to unknown paths, 405 with Allow to wrong methods, 400 to broken escapes', async () => {
    expectProblem(await request(server.url).get('/nowhere'), 404, 'ROUTE_NOT_FOUND');
    expectProblem(await request(server.url).get('/functions/good/invoke/'), 404, 'ROUTE_NOT_FOUND');
    const response = await request(server.url).post('/functions/good');
    expectProblem(response, 405, 'METHOD_NOT_ALLOWED');
    expect(response.headers['allow']).toBe('PUT, GET, HEAD, PATCH, DELETE');
    expectProblem(await request(server.url).options('/functions/good'), 405, 'METHOD_NOT_ALLOWED');
    expectProblem(await request(server.url).get('/functions/%zz'), 400, 'BAD_REQUEST');
  });

  it.each([['limit=0'], ['limit=x'], ['limit=1001'], ['color=red'], ['cursor=a&cursor=b']])(
    'refuses the query %s',
    async (query) => {
      expect([
        (await request(server.url).get(`/functions?${query}`)).status,
        ((await request(server.url).get(`/functions?${query}`)).body as { code: string }).code,
      ]).toEqual([400, 'INVALID_QUERY']);
    },
  );
});

describe('browsers', () => {
  it.each([['evil.example'], ['127.0.0.1.evil.example'], ['']])('refuses the Host header %j', async (host) => {
    expectProblem(await request(server.url).get('/healthz').set('Host', host), 421, 'HOST_NOT_ALLOWED');
  });

  it('refuses other origins, also for a simple request', async () => {
    expectProblem(await invoke('{"version":"v1"}').set('Origin', 'https://evil.example'), 403, 'ORIGIN_NOT_ALLOWED');
    expectProblem(await invoke('{"version":"v1"}').set('Origin', 'null'), 403, 'ORIGIN_NOT_ALLOWED');
    expectProblem(await invoke('{"version":"v1"}').set('Sec-Fetch-Site', 'cross-site'), 403, 'ORIGIN_NOT_ALLOWED');
  });

  it('lets no browser interpret a reply', async () => {
    const { headers } = await invoke('{"version":"v1"}');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('deploys', () => {
  it.each<[limit: string, value: unknown]>([
    ['memory_mb', 0],
    ['memory_mb', -1],
    ['memory_mb', 'NaN'],
    ['memory_mb', '256mb'],
    ['memory_mb', 1e30],
    ['memory_mb', 64.5],
    ['cpus', 0],
    ['cpus', -1],
    ['cpus', '1'],
    ['pids', 0],
    ['pids', -1],
    ['timeout_ms', 0],
    ['timeout_ms', 1e9],
    ['tmp_mb', null],
    ['log_bytes', -1],
    ['result_bytes', 0],
  ])('refuses limits.%s = %j, and names it', async (limit, value) => {
    const response = await put({ ...config, limits: { [limit]: value } });
    expectProblem(response, 400, 'INVALID_CONFIG');
    expect(pointersOf(response)).toContain(`/limits/${limit}`);
  });

  it.each<[string, object, number, string]>([
    ['an unknown member', { colour: 'red' }, 400, 'INVALID_CONFIG'],
    ['an unknown runtime', { runtime: 'cobol85' }, 400, 'RUNTIME_NOT_FOUND'],
    ['a handler without a dot', { handler: 'main' }, 400, 'INVALID_CONFIG'],
    ['a handler in a missing file', { handler: 'other.handler' }, 400, 'HANDLER_FILE_NOT_FOUND'],
    ['network egress', { network: 'egress' }, 403, 'NETWORK_NOT_ALLOWED'],
    ['a reserved environment variable', { env: { NODE_OPTIONS: '--inspect' } }, 400, 'INVALID_CONFIG'],
    ['no files', { files: {} }, 400, 'INVALID_ARTIFACT'],
    ['a path that leaves the folder', { files: { '../x.mjs': '' } }, 400, 'INVALID_ARTIFACT'],
    ['TypeScript that does not parse', { files: { 'main.ts': 'export const = 1' } }, 400, 'INVALID_ARTIFACT'],
  ])('refuses %s', async (_title, change, status, code) => {
    expectProblem(await put({ ...config, ...change }), status, code);
  });

  it.each<[string, Buffer]>([
    ['that is no archive', Buffer.from('hello')],
    ['that is empty', Buffer.alloc(0)],
    ['that breaks off', Buffer.from('504b0304140000000800', 'hex')],
  ])('refuses an archive %s', async (_title, archive) => {
    const response = await request(server.url)
      .put('/functions/other')
      .field('config', JSON.stringify({ runtime: 'node24', handler: 'main.handler' }))
      .attach('archive', archive, 'code.zip');
    expectProblem(response, 400, 'INVALID_ARTIFACT');
  });

  it('refuses multipart without code, with unknown parts, and with both kinds of code', async () => {
    const start = (): request.Test =>
      request(server.url)
        .put('/functions/other')
        .field('config', JSON.stringify({ runtime: 'node24', handler: 'main.handler' }));
    expectProblem(await start(), 400, 'INVALID_UPLOAD');
    expectProblem(await start().field('colour', 'red'), 400, 'INVALID_UPLOAD');
    const file = Buffer.from('export const handler = () => 1');
    expectProblem(
      await start().attach('file', file, 'main.mjs').attach('archive', file, 'x.zip'),
      400,
      'INVALID_UPLOAD',
    );
  });

  it('accepts several file parts whose names are paths', async () => {
    const response = await request(server.url)
      .put('/functions/parts')
      .attach('file', Buffer.from('export { handler } from "./lib/real.mjs"'), 'main.mjs')
      .attach('file', Buffer.from('export const handler = () => "parts"'), { filepath: 'lib/real.mjs' } as never)
      .field('config', JSON.stringify({ runtime: 'node24', handler: 'main.handler' }));
    expect(response.status).toBe(201);
    expect((await invoke('{"version":"v1"}', 'parts')).body).toMatchObject({ result: 'parts' });
  });

  it('changes nothing when it refuses', async () => {
    const before = (await request(server.url).get('/functions/good')).body as unknown;
    await put({ ...config, limits: { memory_mb: 0 } }, 'good');
    await put({ ...config, handler: 'other.handler' }, 'good');
    expect((await request(server.url).get('/functions/good')).body).toEqual(before);
    expect((await request(server.url).get('/functions/other')).status).toBe(404);
  });
});
