import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ClientError } from '../../../src/client/client-error.ts';
import { SraasClient } from '../../../src/client/sraas-client.ts';
import { functionDocument, invokeReply, jsonResponse, problemResponse } from '../cli/replies.ts';

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

function clientWith(...responses: Response[]): { client: SraasClient; sent: Sent[] } {
  const sent: Sent[] = [];
  const client = new SraasClient({
    url: 'http://server.test/',
    fetch: (url, init) => {
      sent.push({ url, init });
      const response = responses.shift();
      return response ? Promise.resolve(response) : Promise.reject(new Error('asked too often'));
    },
  });
  return { client, sent };
}

const config = { runtime: 'node24', handler: 'index.handler' };

async function failure(work: Promise<unknown>): Promise<ClientError> {
  const error: unknown = await work.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ClientError);
  return error as ClientError;
}

describe('SraasClient', () => {
  it('deploys inline files as JSON and tells what the server did', async () => {
    const { client, sent } = clientWith(jsonResponse(201, { ...functionDocument('f'), outcome: 'created' }));
    const files = { 'index.mjs': 'export const handler = () => 1;' };
    expect((await client.deploy('f', config, { files })).outcome).toBe('created');
    expect(sent[0]).toMatchObject({ url: 'http://server.test/functions/f', init: { method: 'PUT' } });
    expect(JSON.parse(sent[0]?.init.body as string)).toStrictEqual({ ...config, files });
  });

  it('deploys an archive as a form with a config part and an archive part', async () => {
    const { client, sent } = clientWith(jsonResponse(201, functionDocument('f')));
    await client.deploy('f', config, { archive: new Uint8Array([1, 2, 3]) });
    const form = sent[0]?.init.body as FormData;
    expect(JSON.parse(form.get('config') as string)).toStrictEqual(config);
    expect(new Uint8Array(await (form.get('archive') as Blob).arrayBuffer())).toStrictEqual(new Uint8Array([1, 2, 3]));
  });

  it('invokes with the v1 envelope and leaves out what was not given', async () => {
    const { client, sent } = clientWith(jsonResponse(200, invokeReply('ok')), jsonResponse(200, invokeReply('ok')));
    await client.invoke('f@3', { event: null, context: { a: 1 } });
    await client.invoke('f');
    expect(sent[0]?.url).toBe('http://server.test/functions/f%403/invoke');
    expect(sent.map(({ init }) => JSON.parse(init.body as string) as unknown)).toStrictEqual([
      { version: 'v1', event: null, context: { a: 1 } },
      { version: 'v1' },
    ]);
  });

  it('says itself that an event is nothing for JSON, which is no matter of the connection', async () => {
    const { client, sent } = clientWith(jsonResponse(200, invokeReply('ok')));
    await expect(client.invoke('f', { event: 1n })).rejects.toThrow(TypeError);
    expect(sent).toEqual([]);
  });

  it('gives back how a function failed as data', async () => {
    const { client } = clientWith(jsonResponse(200, invokeReply('timeout', { error: 'took too long' })));
    expect((await client.invoke('f')).invocation.outcome).toBe('timeout');
  });

  it('runs code with its config and envelope', async () => {
    const { client, sent } = clientWith(jsonResponse(200, invokeReply('ok')), jsonResponse(200, invokeReply('ok')));
    await client.run({ config, envelope: { version: 'v1', event: 1 }, files: { a: 'b' } });
    await client.run({ config, envelope: { version: 'v1', event: 1 }, archive: new Uint8Array([1]) });
    const [inline, packed] = sent.map(({ init }) => init.body);
    const document = { ...config, envelope: { version: 'v1', event: 1 }, files: { a: 'b' } };
    expect(JSON.parse(inline as string)).toStrictEqual(document);
    expect([...(packed as FormData).keys()]).toStrictEqual(['config', 'envelope', 'archive']);
  });

  it('lists page by page, and asks for no page that nobody wants', async () => {
    const page = (names: string[], next: string | null): Response =>
      jsonResponse(200, { functions: names.map((name) => functionDocument(name)), next_cursor: next });
    const { client, sent } = clientWith(page(['a', 'b'], 'b&'), page(['c'], null));
    const names: string[] = [];
    for await (const { name } of client.list()) {
      names.push(name);
      if (name === 'b') expect(sent).toHaveLength(1);
    }
    expect(names).toStrictEqual(['a', 'b', 'c']);
    expect(sent[1]?.url).toBe('http://server.test/functions?cursor=b%26');
  });

  it('removes, which has no body to give back', async () => {
    const { client, sent } = clientWith(new Response(null, { status: 204 }));
    await expect(client.remove('a/b')).resolves.toBeUndefined();
    expect(sent[0]).toMatchObject({ url: 'http://server.test/functions/a%2Fb', init: { method: 'DELETE' } });
  });

  it('asks for health, runtimes and one function', async () => {
    const health = { status: 'ok', version: '1.2.3', started_at: '2026-01-02T03:04:05.678Z' };
    const { client } = clientWith(
      jsonResponse(200, health),
      jsonResponse(200, { runtimes: [{ name: 'node24' }] }),
      jsonResponse(200, functionDocument('f')),
    );
    expect(await client.health()).toStrictEqual(health);
    expect(await client.runtimes.list()).toStrictEqual([{ name: 'node24' }]);
    expect((await client.show('f')).name).toBe('f');
  });
});

describe('an error of the server', () => {
  it('keeps its code, status, reasons, request and how long to wait', async () => {
    const errors = [{ pointer: '/limits/pids', message: 'must be at least 16' }];
    const document = { code: 'QUEUE_FULL', detail: 'Too many.', errors, request_id: 'r-1' };
    const { client } = clientWith(jsonResponse(429, document, { 'retry-after': '2' }));
    expect(await failure(client.invoke('f'))).toMatchObject({
      code: 'QUEUE_FULL',
      status: 429,
      message: 'Too many.',
      detail: 'Too many.',
      errors,
      requestId: 'r-1',
      retryAfterSeconds: 2,
    });
  });

  it('has its code when it says nothing else', async () => {
    const { client } = clientWith(problemResponse(500, 'INTERNAL', 'Something broke.'));
    expect(await failure(client.show('f'))).toMatchObject({ code: 'INTERNAL', errors: [], requestId: undefined });
  });

  it.each([
    ['a page', new Response('<html>', { status: 404 })],
    ['a success that is no JSON', new Response('<html>', { status: 200 })],
    ['JSON of another kind', jsonResponse(404, { error: 'nope' })],
    ['JSON that is no object', new Response('3', { status: 502 })],
  ])('is told apart from %s of another program', async (_what, response) => {
    const { client } = clientWith(response);
    expect(await failure(client.health())).toMatchObject({ code: 'UNEXPECTED_REPLY', status: response.status });
  });
});

describe('a server that is away', () => {
  it('gives UNREACHABLE with how to start one', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const error = await failure(new SraasClient({ url: `http://127.0.0.1:${port}` }).health());
    expect(error).toMatchObject({ code: 'UNREACHABLE', status: undefined });
    expect(error.message).toMatch(/No server answers at .*npm run up.*sraas serve/);
  });

  it('gives UNREACHABLE when the connection ends before the reply', async () => {
    const server = createServer((_request, response) => response.destroy()).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const error = await failure(new SraasClient({ url: `http://127.0.0.1:${port}` }).health());
    expect(error.code).toBe('UNREACHABLE');
    expect(error.message).toContain('broke before the reply was complete');
  });

  it("passes the caller's own abort through", async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const abort = new AbortController();
    const invoked = new SraasClient({ url: `http://127.0.0.1:${port}` }).invoke('f', { signal: abort.signal });
    await once(server, 'request');
    abort.abort(new Error('changed my mind'));
    await expect(invoked).rejects.toThrow('changed my mind');
  });
});
