import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { spawnOnStore } from '../support/database-url.ts';
import type { ServerProcess } from '../support/server-process.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ drainTimeoutMs: 500 });
  await server.client.deploy('random', config, { files: random });
  await server.client.deploy('slow', config, { files: slow });
});
afterAll(() => server.stop());

const config = { runtime: 'node24', handler: 'main.handler' };
const random = { 'main.mjs': 'export const handler = () => Math.random()' };
const slow = {
  'main.mjs': `export const handler = async ({ ms }) => {
    console.log('begun');
    await new Promise((resolve) => setTimeout(resolve, ms));
    return Math.random();
  }`,
};

interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly code: string | undefined;
}

async function send(path: string, init: RequestInit & { readonly key: string; readonly url?: string }): Promise<Told> {
  const { key, url = server.url, ...rest } = init;
  const response = await fetch(url + path, {
    method: 'POST',
    ...rest,
    headers: { 'content-type': 'application/json', 'idempotency-key': key, ...(rest.headers as object) },
  });
  const text = await response.text();
  const { code } = text.startsWith('{') ? (JSON.parse(text) as { code?: string }) : {};
  return { status: response.status, headers: response.headers, text, code };
}

function envelope(event: unknown = {}): string {
  return JSON.stringify({ version: 'v1', event });
}

function isRepeat({ headers }: Told): boolean {
  return headers.get('idempotency-replayed') === 'true';
}

/** Resolves when a call of the function runs. */
async function running(name: string, { client }: Pick<TestServer, 'client'> = server): Promise<string> {
  const find = async (): Promise<string | undefined> =>
    (await client.invocations.running()).find((one) => one.function === name && one.state === 'running')?.id;
  let id: string | undefined;
  await expect.poll(async () => (id = await find()), { timeout: 20_000, interval: 20 }).toBeDefined();
  return String(id);
}

describe('an invoke with an idempotency key', () => {
  it('AP-64 runs once: a repeat gets the same answer, byte for byte, and says so', async () => {
    const first = await send('/functions/random/invoke', { key: 'a', body: envelope() });
    const repeat = await send('/functions/random/invoke', { key: 'a', body: envelope() });
    expect([first.status, isRepeat(first), repeat.status, isRepeat(repeat)]).toEqual([200, false, 200, true]);
    expect(repeat.text).toBe(first.text);
    for (const header of ['x-sraas-invocation-id', 'x-sraas-outcome', 'content-type', 'content-length']) {
      expect(repeat.headers.get(header)).toBe(first.headers.get(header));
    }
    expect(repeat.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    const other = await send('/functions/random/invoke', { key: 'b', body: envelope() });
    expect(other.text).not.toBe(first.text);
  });

  it('AP-64 is refused with another body, version or query, and free for another function', async () => {
    await send('/functions/random/invoke', { key: 'c', body: envelope(1) });
    for (const [path, body] of [
      ['/functions/random/invoke', envelope(2)],
      ['/functions/random@1/invoke', envelope(1)],
    ] as const) {
      expect(await send(path, { key: 'c', body })).toMatchObject({ status: 422, code: 'IDEMPOTENCY_MISMATCH' });
    }
    const other = await send('/functions/slow/invoke', { key: 'c', body: envelope({ ms: 0 }) });
    expect([other.status, isRepeat(other)]).toEqual([200, false]);
  });

  it('AP-64 is refused while the first is under way, and can be repeated after it', async () => {
    const body = envelope({ ms: 1500 });
    const first = send('/functions/slow/invoke', { key: 'd', body });
    await running('slow');
    const early = await send('/functions/slow/invoke', { key: 'd', body });
    expect(early).toMatchObject({ status: 409, code: 'IDEMPOTENCY_IN_FLIGHT' });
    expect(early.headers.get('retry-after')).toBe('1');
    const { text } = await first;
    expect((await send('/functions/slow/invoke', { key: 'd', body })).text).toBe(text);
  });

  it('goes on when its client leaves, who finds the answer when it comes back', async () => {
    const body = envelope({ ms: 1000 });
    const leaving = new AbortController();
    const left = send('/functions/slow/invoke', { key: 'e', body, signal: leaving.signal });
    const id = await running('slow');
    leaving.abort();
    await expect(left).rejects.toThrow();
    await expect.poll(async () => (await server.client.invocations.running()).length, { timeout: 20_000 }).toBe(0);
    const repeat = await send('/functions/slow/invoke', { key: 'e', body });
    expect([repeat.status, isRepeat(repeat)]).toEqual([200, true]);
    expect(JSON.parse(repeat.text)).toMatchObject({ logs: 'begun\n', invocation: { id, outcome: 'ok' } });
  });

  it('that was cancelled stays cancelled', async () => {
    const body = envelope({ ms: 60_000 });
    const first = send('/functions/slow/invoke', { key: 'f', body });
    const id = await running('slow');
    await server.client.invocations.cancel(id);
    expect(await first).toMatchObject({ status: 409, code: 'INVOCATION_CANCELLED' });
    const repeat = await send('/functions/slow/invoke', { key: 'f', body });
    expect(repeat).toMatchObject({ status: 409, code: 'INVOCATION_CANCELLED' });
    expect([isRepeat(repeat), repeat.headers.get('x-sraas-invocation-id')]).toEqual([true, id]);
    expect(JSON.parse(repeat.text)).toMatchObject({ request_id: repeat.headers.get('x-request-id') });
  });

  it.each([[''], ['two words'], ['x'.repeat(256)]])('is refused with the key %j', async (key) => {
    expect(await send('/functions/random/invoke', { key, body: envelope() })).toMatchObject({
      status: 400,
      code: 'INVALID_IDEMPOTENCY_KEY',
    });
  });

  it('that is malformed does not use up its key', async () => {
    expect((await send('/functions/random/invoke', { key: 'g', body: '{"version":"v2"}' })).status).toBe(400);
    expect((await send('/functions/random/invoke', { key: 'g', body: envelope() })).status).toBe(200);
  });

  it('keeps what the function made of it whatever the outcome: a failure is not tried again', async () => {
    await server.client.deploy('failing', config, {
      files: { 'main.mjs': 'export const handler = () => { throw new Error(String(Math.random())); }' },
    });
    const first = await send('/functions/failing/invoke', { key: 'h', body: envelope() });
    const repeat = await send('/functions/failing/invoke', { key: 'h', body: envelope() });
    expect(first.headers.get('x-sraas-outcome')).toBe('handler_error');
    expect([repeat.text, repeat.headers.get('x-sraas-outcome')]).toEqual([first.text, 'handler_error']);
  });
});

describe('a deploy with an idempotency key', () => {
  const put = (name: string, key: string, document: object, headers: object = {}): Promise<Told> =>
    send(`/functions/${name}`, { method: 'PUT', key, body: JSON.stringify(document), headers: { ...headers } });

  it('publishes once, and a repeat after other deploys changes nothing', async () => {
    const one = { ...config, files: random };
    const first = await put('deployed', 'a', one);
    expect([first.status, first.headers.get('location')]).toEqual([201, '/functions/deployed']);
    await put('deployed', 'b', { ...config, files: slow });
    const repeat = await put('deployed', 'a', one);
    expect([repeat.status, repeat.headers.get('location'), isRepeat(repeat)]).toEqual([
      201,
      '/functions/deployed',
      true,
    ]);
    expect(repeat.text).toBe(first.text);
    expect((await server.client.show('deployed')).version).toBe(2);
    expect(await put('deployed', 'a', { ...config, files: slow })).toMatchObject({ status: 422 });
  });

  it('meets the same refusal again', async () => {
    const bad = { runtime: 'node24', handler: 'other.handler', files: random };
    const first = await put('refused', 'a', bad);
    const repeat = await put('refused', 'a', bad);
    expect([first.code, repeat.code, isRepeat(repeat)]).toEqual([
      'HANDLER_FILE_NOT_FOUND',
      'HANDLER_FILE_NOT_FOUND',
      true,
    ]);
  });

  it('is the same with another boundary and another order of parts, and another with other files', async () => {
    const form = (boundary: string, parts: readonly (readonly [string, string])[]): RequestInit => ({
      method: 'PUT',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: [
        ...parts.map(([head, text]) => `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}\r\n`),
        `--${boundary}--\r\n`,
      ].join(''),
    });
    const document = ['name="config"', JSON.stringify(config)] as const;
    const file = (text: string) => ['name="file"; filename="main.mjs"', text] as const;
    const code = file(random['main.mjs']);
    const first = await send('/functions/parts', { key: 'p', ...form('one', [document, code]) });
    const repeat = await send('/functions/parts', { key: 'p', ...form('another', [code, document]) });
    expect([first.status, repeat.status, isRepeat(repeat)]).toEqual([201, 201, true]);
    const other = await send('/functions/parts', { key: 'p', ...form('one', [document, file('export default 1')]) });
    expect(other).toMatchObject({ status: 422, code: 'IDEMPOTENCY_MISMATCH' });
    const renamed = ['name="file"; filename="main.cjs"', random['main.mjs']] as const;
    expect(await send('/functions/parts', { key: 'p', ...form('one', [document, renamed]) })).toMatchObject({
      status: 422,
    });
  });

  it('that is followed as a stream ends with the same document again', async () => {
    const streamed = { accept: 'text/event-stream' };
    const document = { ...config, files: random };
    const first = await put('streamed', 'a', document, streamed);
    const repeat = await put('streamed', 'a', document, streamed);
    expect([first.text, isRepeat(repeat)]).toEqual([repeat.text, true]);
    expect(first.text).toContain('event: done');
  });
});

describe('an async invoke with an idempotency key', () => {
  const path = '/functions/random/invoke?mode=async';

  it('is accepted once: a repeat names the same invocation', async () => {
    const first = await send(path, { key: 'async', body: envelope() });
    const repeat = await send(path, { key: 'async', body: envelope() });
    expect([first.status, repeat.status, isRepeat(repeat)]).toEqual([202, 202, true]);
    expect(repeat.text).toBe(first.text);
    expect(first.headers.get('location')).toMatch(/^\/invocations\/[0-9a-f-]{36}$/);
    expect(repeat.headers.get('location')).toBe(first.headers.get('location'));
    const sync = await send('/functions/random/invoke', { key: 'async', body: envelope() });
    expect(sync).toMatchObject({ status: 422, code: 'IDEMPOTENCY_MISMATCH' });
  });

  it('is accepted once by many that come at once', async () => {
    const before = await accepted();
    const all = await Promise.all(Array.from({ length: 20 }, () => send(path, { key: 'many', body: envelope() })));
    expect(all.every(({ status }) => status === 202 || status === 409)).toBe(true);
    expect((await send(path, { key: 'many', body: envelope() })).status).toBe(202);
    expect((await accepted()) - before).toBe(1);
  });

  async function accepted(): Promise<number> {
    const response = await fetch(`${server.url}/functions/random/invocations?mode=async`);
    return ((await response.json()) as { invocations: readonly unknown[] }).invocations.length;
  }
});

it('POST /run runs once for a key', async () => {
  const body = JSON.stringify({ ...config, files: random, envelope: { version: 'v1' } });
  const first = await send('/run', { key: 'a', body });
  const repeat = await send('/run', { key: 'a', body });
  expect([first.status, repeat.text, isRepeat(repeat)]).toEqual([200, first.text, true]);
});

describe('a server that dies over a request with a key', () => {
  async function killedAt(
    failpoint: string,
    request: (server: ServerProcess) => Promise<unknown>,
  ): Promise<ServerProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'sraas-idempotency-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const first = await spawnOnStore(directory);
    await first.client.deploy('random', config, { files: random });
    await first.signal('SIGTERM');
    const armed = await spawnOnStore(directory, [], { SRAAS_FAIL_AT: failpoint });
    await expect(request(armed)).rejects.toThrow();
    const next = await spawnOnStore(directory);
    onTestFinished(() => next[Symbol.asyncDispose]());
    return next;
  }
  const invoke = ({ url }: ServerProcess): Promise<Told> =>
    send('/functions/random/invoke', { url, key: 'k', body: envelope() });
  const deploy = ({ url }: ServerProcess): Promise<Told> =>
    send('/functions/made', {
      url,
      method: 'PUT',
      key: 'k',
      // Once it is published this no longer holds.
      headers: { 'if-none-match': '*' },
      body: JSON.stringify({ ...config, files: random }),
    });

  it.each([['idempotency.reserved'], ['invoke.ended'], ['invoke.before_reply']])(
    'at %s does not run the handler a second time, and says that nobody knows',
    async (failpoint) => {
      const next = await killedAt(failpoint, invoke);
      expect(await invoke(next)).toMatchObject({ status: 409, code: 'IDEMPOTENCY_INTERRUPTED' });
      expect(await invoke(next)).toMatchObject({ status: 409, code: 'IDEMPOTENCY_INTERRUPTED' });
    },
  );

  it('after the answer was kept gives that answer', async () => {
    const next = await killedAt('idempotency.kept', invoke);
    const [repeat, again] = [await invoke(next), await invoke(next)];
    expect([repeat.status, isRepeat(repeat), again.text]).toEqual([200, true, repeat.text]);
  });

  it.each([
    ['idempotency.reserved', false],
    ['async.accept_before_commit', false],
    ['async.accepted', true],
  ])(
    'at %s has accepted an async call once or not at all: repeats name one invocation',
    async (failpoint, wasAccepted) => {
      const acceptance = ({ url }: ServerProcess): Promise<Told> =>
        send('/functions/random/invoke?mode=async', { url, key: 'k', body: envelope() });
      const next = await killedAt(failpoint, acceptance);
      const [repeat, again] = [await acceptance(next), await acceptance(next)];
      expect([repeat.status, isRepeat(repeat), again.text]).toEqual([202, wasAccepted, repeat.text]);
      const response = await fetch(`${next.url}/functions/random/invocations`);
      expect(((await response.json()) as { invocations: readonly unknown[] }).invocations).toHaveLength(1);
    },
  );

  it.each([
    ['idempotency.reserved', false],
    ['deploy.before_commit', false],
    ['deploy.after_commit', true],
  ])(
    'at %s has published once or not at all: repeats get one answer, whatever was deployed meanwhile',
    async (failpoint, wasPublished) => {
      const next = await killedAt(failpoint, deploy);
      const repeat = await deploy(next);
      expect([JSON.parse(repeat.text), isRepeat(repeat)]).toMatchObject([
        { outcome: 'created', version: 1 },
        wasPublished,
      ]);
      await next.client.deploy('made', config, { files: slow });
      const again = await deploy(next);
      expect([again.text, isRepeat(again)]).toEqual([repeat.text, true]);
      expect(await next.client.show('made')).toMatchObject({ version: 2 });
    },
  );

  it('after publishing gives the answer again when something else was deployed before the repeat', async () => {
    const next = await killedAt('deploy.after_commit', deploy);
    await next.client.deploy('made', config, { files: slow });
    const repeat = await deploy(next);
    expect([JSON.parse(repeat.text), isRepeat(repeat)]).toMatchObject([{ outcome: 'created', version: 1 }, true]);
    expect(await next.client.show('made')).toMatchObject({ version: 2 });
  });
});
