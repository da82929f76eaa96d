import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  acceptAsync,
  deployHandler,
  invocationWhen,
  postAsync,
  showInvocation,
  whenEnded,
} from '../support/async-calls.ts';
import { spawnOnStore } from '../support/database-url.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** Says which attempt it is, and succeeds from `ok_at` on. */
const trying = `export const handler = (event, context) => {
  console.log('attempt', context.attempt, 'of', context.invocation_id);
  if (context.attempt < (event.ok_at ?? 1)) throw new Error('not yet');
  return { attempt: context.attempt, request_id: context.request_id };
};`;

/** Runs until it is killed, or ends at once. */
const waiting = `export const handler = async (event) => {
  if (event.forever) await new Promise((resolve) => setTimeout(resolve, 60_000));
  return 'done';
};`;

const soon = { max_attempts: 3, first_delay_ms: 50 };
const problem = async (response: Response): Promise<readonly unknown[]> => [
  response.status,
  ((await response.json()) as { readonly code: string }).code,
];

async function ownDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-async-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

describe('an async invocation', () => {
  it('is accepted with 202 and the place to look at, and runs', async () => {
    await deployHandler(server.url, 'plain', trying);
    const response = await postAsync(server.url, 'plain', {});
    expect(response.status).toBe(202);
    const accepted = (await response.json()) as { readonly id: string };
    expect(response.headers.get('location')).toBe(`/invocations/${accepted.id}`);
    expect(response.headers.get('x-sraas-invocation-id')).toBe(accepted.id);
    expect(accepted).toMatchObject({ function: 'plain', version: 1, mode: 'async', state: 'queued', attempt: 0 });

    expect(await whenEnded(server.url, accepted.id)).toMatchObject({
      state: 'succeeded',
      outcome: 'ok',
      attempt: 1,
      error: null,
      result: { attempt: 1, request_id: accepted.id },
      logs: `attempt 1 of ${accepted.id}\n`,
    });
  });

  it('is tried again when it fails, under the same id, and its handler sees which attempt it is', async () => {
    await deployHandler(server.url, 'third', trying, { async: soon });
    const id = await acceptAsync(server.url, 'third', { ok_at: 3 });
    expect(await whenEnded(server.url, id)).toMatchObject({
      state: 'succeeded',
      attempt: 3,
      result: { attempt: 3, request_id: id },
      logs: `attempt 3 of ${id}\n`,
    });
  });

  it('stays with the version that it was accepted for', async () => {
    const slow = `export const handler = async () => { await new Promise((resolve) => setTimeout(resolve, 300)); return 1; };`;
    await deployHandler(server.url, 'pinned', slow, { concurrency: { max: 1 } });
    const first = await acceptAsync(server.url, 'pinned', {});
    const second = await acceptAsync(server.url, 'pinned', {});
    await deployHandler(server.url, 'pinned', 'export const handler = () => 2;');
    const third = await acceptAsync(server.url, 'pinned', {});
    expect(await whenEnded(server.url, first)).toMatchObject({ version: 1, result: 1 });
    expect(await whenEnded(server.url, second)).toMatchObject({ version: 1, result: 1 });
    expect(await whenEnded(server.url, third)).toMatchObject({ version: 2, result: 2 });
  });

  it('keeps every byte of event and result, over several attempts', async () => {
    const source = `export const handler = (event, { attempt }) => { if (attempt < 2) throw new Error('x'); return event; };`;
    await deployHandler(server.url, 'bytes', source, { async: soon, history: 'all' });
    const response = await fetch(`${server.url}/functions/bytes/invoke?mode=async`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"version":"v1","event":{"n":9007199254740993,"s":"\\ud800\\u0000é"}}',
    });
    const { id } = (await response.json()) as { readonly id: string };
    await whenEnded(server.url, id);
    const text = await (await fetch(`${server.url}/invocations/${id}`)).text();
    expect(text).toContain('"event":{"n":9007199254740993,"s":"\\ud800\\u0000é"}');
    // The handler's own parser made a double of the number.
    expect(text).toContain('"result":{"n":9007199254740992,"s":"\\ud800\\u0000é"}');
  });

  it('is refused when it could never run: unknown function, no envelope, a mode that there is not', async () => {
    expect(await problem(await postAsync(server.url, 'nobody', {}))).toEqual([404, 'FUNCTION_NOT_FOUND']);
    expect(await problem(await postAsync(server.url, 'plain@99', {}))).toEqual([404, 'VERSION_NOT_FOUND']);
    const post = (query: string, body: string): Promise<Response> =>
      fetch(`${server.url}/functions/plain/invoke?${query}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    expect(await problem(await post('mode=async', '{}'))).toEqual([400, 'INVALID_ENVELOPE']);
    expect(await problem(await post('mode=later', '{"version":"v1"}'))).toEqual([400, 'INVALID_QUERY']);
    expect(await problem(await post('mode=async&x=1', '{"version":"v1"}'))).toEqual([400, 'INVALID_QUERY']);
  });

  it('is accepted once for an idempotency key, however often it is asked for', async () => {
    const key = { 'idempotency-key': 'only-one' };
    const first = await postAsync(server.url, 'plain', { a: 1 }, key);
    const again = await postAsync(server.url, 'plain', { a: 1 }, key);
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(await again.text()).toBe(await first.text());
    expect(await problem(await postAsync(server.url, 'plain', { a: 2 }, key))).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
  });

  it('is cancelled when its function is removed while it waits', async () => {
    const policy = { max_attempts: 3, first_delay_ms: 60_000 };
    await deployHandler(server.url, 'removed', trying, { async: policy });
    const id = await acceptAsync(server.url, 'removed', { ok_at: 9 });
    await invocationWhen(server.url, id, ({ state, attempt }) => state === 'queued' && attempt === 1);
    await fetch(`${server.url}/functions/removed`, { method: 'DELETE' });
    expect(await whenEnded(server.url, id)).toMatchObject({ state: 'cancelled', error_code: 'INVOCATION_CANCELLED' });
  });
});

describe('an async invocation that fails every time', () => {
  it('becomes a dead letter, which can be listed, run again and purged', async () => {
    await deployHandler(server.url, 'dying', trying, { async: { ...soon, max_attempts: 2 }, history: 'none' });
    const id = await acceptAsync(server.url, 'dying', { ok_at: 9 });
    expect(await whenEnded(server.url, id)).toMatchObject({
      state: 'dead',
      outcome: 'handler_error',
      attempt: 2,
      error: expect.stringContaining('Error: not yet') as string,
      event: { ok_at: 9 },
    });
    const list = async (query: string): Promise<readonly string[]> => {
      const body = (await (await fetch(`${server.url}/dead-letters?${query}`)).json()) as {
        readonly dead_letters: readonly { readonly id: string }[];
      };
      return body.dead_letters.map((letter) => letter.id);
    };
    expect(await list('function=dying')).toEqual([id]);
    expect(await list('function=other')).toEqual([]);
    expect(await list('')).toContain(id);

    await deployHandler(server.url, 'dying', 'export const handler = ({ ok_at }) => ok_at;');
    const replayed = await fetch(`${server.url}/dead-letters/${id}/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"reference":"dying"}',
    });
    expect(replayed.status).toBe(202);
    const { id: again } = (await replayed.json()) as { readonly id: string };
    expect(await whenEnded(server.url, again)).toMatchObject({
      state: 'succeeded',
      version: 2,
      replay_of: id,
      result: 9,
    });
    expect(await list('function=dying')).toEqual([id]);

    const purged = await fetch(`${server.url}/dead-letters?function=dying`, { method: 'DELETE' });
    expect(await purged.json()).toEqual({ removed: 1 });
    expect(await problem(await fetch(`${server.url}/invocations/${id}`))).toEqual([404, 'INVOCATION_NOT_FOUND']);
    const gone = await fetch(`${server.url}/dead-letters/${id}/replay`, { method: 'POST' });
    expect(await problem(gone)).toEqual([404, 'INVOCATION_NOT_FOUND']);
    expect(await problem(await fetch(`${server.url}/dead-letters/${again}`, { method: 'DELETE' }))).toEqual([
      404,
      'INVOCATION_NOT_FOUND',
    ]);
  });
});

describe('cancelling an async invocation', () => {
  it('kills it while it runs, and it is not tried again', async () => {
    await deployHandler(server.url, 'waits', waiting, { async: soon, limits: { timeout_ms: 60_000 } });
    const id = await acceptAsync(server.url, 'waits', { forever: true });
    await invocationWhen(server.url, id, ({ state }) => state === 'running');
    expect((await fetch(`${server.url}/invocations/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await showInvocation(server.url, id)).toMatchObject({
      state: 'cancelled',
      outcome: null,
      error_code: 'INVOCATION_CANCELLED',
    });
    expect(await problem(await fetch(`${server.url}/invocations/${id}`, { method: 'DELETE' }))).toEqual([
      409,
      'INVOCATION_ENDED',
    ]);
    expect(await (await fetch(`${server.url}/invocations`)).json()).toEqual({ invocations: [] });
  });

  it('takes one that waits for its next attempt out of the queue', async () => {
    await deployHandler(server.url, 'queues', trying, { async: { max_attempts: 3, first_delay_ms: 60_000 } });
    const id = await acceptAsync(server.url, 'queues', { ok_at: 9 });
    await invocationWhen(server.url, id, ({ state, attempt }) => state === 'queued' && attempt === 1);
    expect((await fetch(`${server.url}/invocations/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await showInvocation(server.url, id)).toMatchObject({ state: 'cancelled', attempt: 1 });
  });
});

describe('the queue', () => {
  it('refuses what is beyond its bound, and says when to come again', async () => {
    await using bounded = await startServer({ asyncConcurrency: 0, maxQueuedAsync: 2 });
    await deployHandler(bounded.url, 'hello', trying);
    const ids = [await acceptAsync(bounded.url, 'hello', {}), await acceptAsync(bounded.url, 'hello', {})];
    const refused = await postAsync(bounded.url, 'hello', {});
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await problem(refused)).toEqual([429, 'QUEUE_FULL']);
    await fetch(`${bounded.url}/invocations/${ids[0] ?? ''}`, { method: 'DELETE' });
    expect((await postAsync(bounded.url, 'hello', {})).status).toBe(202);
  });
});

describe('a server that ends', () => {
  it('in order puts back what it ran, at the cost of no attempt', async () => {
    const dataDirectory = await ownDirectory();
    const config = { async: { max_attempts: 1 }, limits: { timeout_ms: 60_000 } };
    const first = await startServer({ dataDirectory, drainTimeoutMs: 100 });
    await deployHandler(first.url, 'hello', waiting, config);
    const id = await acceptAsync(first.url, 'hello', { forever: true });
    await invocationWhen(first.url, id, ({ state }) => state === 'running');
    await first.stop();

    await using second = await startServer({ dataDirectory, asyncConcurrency: 0 });
    expect(await showInvocation(second.url, id)).toMatchObject({ state: 'queued', attempt: 0, max_attempts: 1 });
  });

  it('in order leaves what waits to the next one', async () => {
    const dataDirectory = await ownDirectory();
    const first = await startServer({ dataDirectory, asyncConcurrency: 0 });
    await deployHandler(first.url, 'hello', waiting);
    const id = await acceptAsync(first.url, 'hello', {});
    await first.stop();

    await using second = await startServer({ dataDirectory });
    expect(await whenEnded(second.url, id)).toMatchObject({ state: 'succeeded', attempt: 1, result: 'done' });
  });

  it('FT-13: by SIGKILL has what it ran run again by the next one, with a higher attempt', async () => {
    const dataDirectory = await ownDirectory();
    const source = `export const handler = async (event, { attempt }) => {
      if (attempt === 1) await new Promise((resolve) => setTimeout(resolve, 60_000));
      return attempt;
    };`;
    const first = await spawnOnStore(dataDirectory);
    await deployHandler(first.url, 'hello', source, { limits: { timeout_ms: 60_000 } });
    await deployHandler(first.url, 'once', source, { limits: { timeout_ms: 60_000 }, async: { max_attempts: 1 } });
    const id = await acceptAsync(first.url, 'hello', {});
    const last = await acceptAsync(first.url, 'once', {});
    await invocationWhen(first.url, id, ({ state }) => state === 'running');
    await invocationWhen(first.url, last, ({ state }) => state === 'running');
    await first.signal('SIGKILL');

    await using second = await spawnOnStore(dataDirectory);
    expect(await whenEnded(second.url, id)).toMatchObject({ state: 'succeeded', attempt: 2, result: 2 });
    expect(await whenEnded(second.url, last)).toMatchObject({
      state: 'dead',
      attempt: 1,
      outcome: null,
      error_code: 'INTERNAL',
      error: 'The server ended while the last attempt was under way.',
    });
  });
});

describe('a function with a webhook', () => {
  it('has it told of the end, signed with its secret, and shows that', async () => {
    const received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
    let failures = 1;
    const receiver = createServer((request, response) => {
      void text(request).then((body) => {
        received.push({ headers: request.headers, body });
        response.writeHead(failures-- > 0 ? 503 : 204).end();
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    onTestFinished(() => {
      receiver.closeAllConnections();
      receiver.close();
    });
    const { port } = receiver.address() as AddressInfo;
    await using own = await startServer({ webhooksToPrivate: true });
    await fetch(`${own.url}/secrets/signing`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"value":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}',
    });
    await deployHandler(own.url, 'told', trying, {
      async: { max_attempts: 1, webhook_url: `http://127.0.0.1:${port}/hook`, webhook_secret: 'signing' },
    });
    const id = await acceptAsync(own.url, 'told', { ok_at: 9 });
    const delivered = await invocationWhen(own.url, id, ({ webhook }) => webhook?.state === 'delivered');
    expect(delivered).toMatchObject({ state: 'dead', webhook: { attempts: 2, status: 204, error: null } });
    expect(received).toHaveLength(2);
    const [first, second] = received;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers).toMatchObject({
      'webhook-id': id,
      'webhook-signature': expect.stringMatching(/^v1,/) as string,
    });
    expect(JSON.parse(second?.body ?? '')).toMatchObject({
      invocation: { id, state: 'dead', outcome: 'handler_error' },
      result: null,
      error: expect.stringContaining('not yet') as string,
      logs: `attempt 1 of ${id}\n`,
    });
  });

  it('has nobody told at an address that is not public, and shows why', async () => {
    await deployHandler(server.url, 'private', trying, { async: { webhook_url: 'http://127.0.0.1:9/' } });
    const id = await acceptAsync(server.url, 'private', {});
    const shown = await invocationWhen(server.url, id, ({ webhook }) => webhook?.attempts === 1);
    expect(shown.webhook).toMatchObject({
      state: 'pending',
      error: expect.stringContaining('not a public address') as string,
    });
  });
});
