import { describe, expect, it, vi } from 'vitest';
import type { Fetch } from '../../../src/client/connection.ts';
import { SraasClient } from '../../../src/client/sraas-client.ts';
import type { LiveLogEvent } from '../../../src/wire/live-log.ts';
import { jsonResponse, problemResponse } from '../cli/replies.ts';

function streamResponse(body: string | ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

function clientWith(answer: (url: string, init: RequestInit) => Response): {
  client: SraasClient;
  fetch: ReturnType<typeof vi.fn<Fetch>>;
} {
  const fetch = vi.fn<Fetch>((url, init) => Promise.resolve(answer(url, init)));
  return { client: new SraasClient({ url: 'http://server.test', fetch }), fetch };
}

async function all(events: AsyncIterable<LiveLogEvent>): Promise<readonly LiveLogEvent[]> {
  const seen: LiveLogEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

describe('following logs', () => {
  it('gives the events by their names, passes over those it does not know, and ends with the last one', async () => {
    const { client, fetch } = clientWith(() =>
      streamResponse(
        'event: following\ndata: {}\n\n:\n\nevent: news\ndata: ?\n\nid: 2\nevent: log\n' +
          'data: {"invocation_id":"i","text":"a\\nb","at":"t"}\n\nevent: removed\ndata: {}\n\nevent: log\ndata: {}\n\n',
      ),
    );
    expect(await all(client.followLogs('a b'))).toEqual([
      { event: 'following' },
      { event: 'log', invocation_id: 'i', text: 'a\nb', at: 't' },
      { event: 'removed' },
    ]);
    expect(fetch.mock.calls[0]?.[0]).toBe('http://server.test/functions/a%20b/logs?follow=true');
  });

  it('ends the connection when the caller breaks off', async () => {
    const cancel = vi.fn();
    const { client } = clientWith(() =>
      streamResponse(
        new ReadableStream({
          start: (controller) => {
            controller.enqueue(Buffer.from('event: following\ndata: {}\n\n'));
          },
          cancel,
        }),
      ),
    );
    for await (const event of client.followLogs('f')) {
      expect(event.event).toBe('following');
      break;
    }
    expect(cancel).toHaveBeenCalledOnce();
  });

  it('ends at the caller’s abort also where fetch has forgotten its signal', async () => {
    const { client } = clientWith(() => streamResponse(new ReadableStream()));
    const abort = new AbortController();
    const waiting = client.followLogs('f', { signal: abort.signal }).next();
    // The head of the reply is there, and nothing follows.
    await new Promise((resolve) => setImmediate(resolve));
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('passes the caller’s abort on and through', async () => {
    const abort = new AbortController();
    const { client } = clientWith((_url, { signal }) =>
      streamResponse(
        new ReadableStream({
          start: (controller) => {
            signal?.addEventListener('abort', () => {
              controller.error(signal.reason);
            });
          },
        }),
      ),
    );
    const waiting = client.followLogs('f', { signal: abort.signal }).next();
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('fails with UNREACHABLE when the stream ends, or breaks, before a last event', async () => {
    const ended = clientWith(() => streamResponse('event: following\ndata: {}\n\n')).client;
    await expect(all(ended.followLogs('f'))).rejects.toMatchObject({ code: 'UNREACHABLE' });
    const broken = clientWith(() =>
      streamResponse(
        new ReadableStream({
          pull: (controller) => {
            controller.error(new TypeError('terminated'));
          },
        }),
      ),
    ).client;
    await expect(all(broken.followLogs('f'))).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  it('fails as the server says when it refuses', async () => {
    const { client } = clientWith(() => problemResponse(404, 'FUNCTION_NOT_FOUND', 'There is no function f.'));
    await expect(all(client.followLogs('f'))).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND', status: 404 });
  });

  it.each([
    ['another kind of answer', jsonResponse(200, {})],
    ['an answer without a body', new Response(null, { status: 204 })],
    ['data that is no JSON', streamResponse('event: log\ndata: x\n\n')],
  ])('fails with UNEXPECTED_REPLY for %s', async (_what, response) => {
    const { client } = clientWith(() => response);
    await expect(all(client.followLogs('f'))).rejects.toMatchObject({ code: 'UNEXPECTED_REPLY' });
  });
});

describe('an answer that is no stream of events', () => {
  it('is not left open', async () => {
    const cancel = vi.fn();
    const { client } = clientWith(() => new Response(new ReadableStream({ cancel })));
    await expect(all(client.followLogs('f'))).rejects.toMatchObject({ code: 'UNEXPECTED_REPLY' });
    expect(cancel).toHaveBeenCalledOnce();
  });
});

describe('what runs', () => {
  it('is listed, and cancelled by its id', async () => {
    const invocation = { id: 'i/1', function: 'f', version: 1, started_at: 't', state: 'waiting' };
    const { client, fetch } = clientWith((_url, { method }) =>
      method === 'DELETE' ? new Response(null, { status: 204 }) : jsonResponse(200, { invocations: [invocation] }),
    );
    expect(await client.invocations.running()).toEqual([invocation]);
    await client.invocations.cancel('i/1');
    expect(fetch.mock.calls.map(([url, { method }]) => `${method ?? ''} ${url}`)).toEqual([
      'GET http://server.test/invocations',
      'DELETE http://server.test/invocations/i%2F1',
    ]);
  });
});
