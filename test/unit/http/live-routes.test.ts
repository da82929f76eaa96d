import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { AsyncInvocations } from '../../../src/async/async-invocations.ts';
import { FunctionCatalog } from '../../../src/functions/catalog.ts';
import type { AliasStore } from '../../../src/functions/alias-store.ts';
import { SraasError } from '../../../src/errors.ts';
import type { FunctionStore } from '../../../src/functions/function-store.ts';
import { logRoutes } from '../../../src/http/routes/logs.ts';
import { invocationRoutes } from '../../../src/http/routes/invocations.ts';
import { InFlight } from '../../../src/invocations/in-flight.ts';
import { LiveLogs } from '../../../src/invocations/live-logs.ts';
import { versionWith } from '../sandboxes/versions.ts';
import { patience } from '../../support/patience.ts';
import { serve } from './served-app.ts';

const version = versionWith();
const store = {
  find: (name: string) =>
    Promise.resolve(
      name === 'hello'
        ? { id: version.functionId, name, createdAt: new Date(0), updatedAt: new Date(0), latest: version }
        : undefined,
    ),
} as unknown as FunctionStore;
const noAliases = {} as unknown as AliasStore;

const invocationId = '019a0000-0000-7000-8000-000000000001';

/** Nothing was accepted to be run later. */
function onlySync(inFlight: InFlight): AsyncInvocations {
  const unused = { resolve: vi.fn(), accept: vi.fn(), ended: vi.fn() };
  return new AsyncInvocations({
    catalog: unused,
    acceptor: unused,
    backlog: unused,
    store: { cancel: () => Promise.resolve('missing') },
    inFlight,
    history: {
      find: () => Promise.reject(new SraasError('INVOCATION_NOT_FOUND', 'There is none.')),
    },
    clock: () => new Date(0),
    onEnded: () => undefined,
  });
}

async function serveLive(maxFollowers = 100): Promise<{ liveLogs: LiveLogs; inFlight: InFlight; url: string }> {
  const liveLogs = new LiveLogs({ clock: () => new Date(0), maxFollowers });
  const inFlight = new InFlight();
  const { url } = await serve(
    logRoutes({ catalog: new FunctionCatalog({ functions: store, aliases: noAliases }), liveLogs }),
    invocationRoutes({ inFlight, asyncInvocations: onlySync(inFlight) }),
  );
  return { liveLogs, inFlight, url };
}

interface Opened {
  readonly response: IncomingMessage;
  /** All that has come, once this is in it. */
  readonly until: (part: string) => Promise<string>;
}

async function open(url: string): Promise<Opened> {
  const request = get(url, { agent: false });
  onTestFinished(() => void request.destroy());
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let read = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    read += chunk;
  });
  const until = async (part: string): Promise<string> => {
    while (!read.includes(part)) await once(response, 'data');
    return read;
  };
  return { response, until };
}

const followed = async (url: string): Promise<Opened> => {
  const opened = await open(`${url}/functions/hello/logs?follow=true`);
  expect(await opened.until('\n\n')).toBe('id: 1\nevent: following\ndata: {}\n\n');
  return opened;
};

afterEach(() => {
  vi.useRealTimers();
});

describe('following logs over HTTP', () => {
  it('sends each event as one with an id, a name and JSON, and ends with the last', async () => {
    const { url, liveLogs } = await serveLive();
    const { response, until } = await followed(url);
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    const narration = liveLogs.narrate(version, 'i-1');
    narration?.onOutput(Buffer.from('two\nlines\n\ndata: forged\n\n'));
    narration?.ended({
      verdict: { outcome: 'ok', result: undefined, error: undefined, exitCode: undefined },
      durationMs: 1.23456,
      logsTruncated: false,
    });
    liveLogs.remove(version.functionId);
    const at = '"at":"1970-01-01T00:00:00.000Z"';
    expect(await until('removed\ndata: {}\n\n')).toBe(
      [
        'id: 1\nevent: following\ndata: {}\n\n',
        `id: 2\nevent: begin\ndata: {"invocation_id":"i-1","version":1,${at}}\n\n`,
        String.raw`id: 3` + `\nevent: log\ndata: {"invocation_id":"i-1","text":`,
        String.raw`"two\nlines\n\ndata: forged\n\n"` + `,${at}}\n\n`,
        `id: 4\nevent: end\ndata: {"invocation_id":"i-1","outcome":"ok","code":null,"duration_ms":1.235,`,
        `"logs_truncated":false,${at}}\n\n`,
        'id: 5\nevent: removed\ndata: {}\n\n',
      ].join(''),
    );
    if (!response.readableEnded) await once(response, 'end');
  });

  it('sends a comment every 15 seconds, so that nobody takes silence for the end', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { url } = await serveLive();
    const { until } = await followed(url);
    vi.advanceTimersByTime(30_000);
    expect(await until(':\n\n:\n\n')).toMatch(/data: \{\}\n\n:\n\n:\n\n$/);
  });

  it('frees what a client held that leaves', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { url, liveLogs } = await serveLive();
    const { response } = await followed(url);
    expect([liveLogs.followerCount, vi.getTimerCount()]).toEqual([1, 1]);
    response.destroy();
    await vi.waitUntil(() => liveLogs.followerCount === 0 && vi.getTimerCount() === 0, patience);
    expect(liveLogs.narrate(version, 'i-1')).toBeUndefined();
  });

  it('leaves out what a client does not read, and says how much', async () => {
    const { url, liveLogs } = await serveLive();
    const { response, until } = await followed(url);
    response.pause();
    const large = versionWith({ limits: { log_bytes: 10_000_000 } });
    // More than the follower's buffer and the connection's together, which the kernel may make some megabytes large.
    for (let call = 0; call < 4; call++) {
      const narration = liveLogs.narrate(large, `i-${call}`);
      for (let chunk = 0; chunk < 150; chunk++) {
        narration?.onOutput(Buffer.alloc(65_536, 'x'));
        if (chunk % 10 === 0) await new Promise(setImmediate);
      }
    }
    liveLogs.close();
    response.resume();
    await once(response, 'end');
    expect(await until('')).toMatch(
      /event: dropped\ndata: \{"bytes":\d{6,},"events":\d+\}\n[^]*event: draining\ndata: \{\}\n\n$/,
    );
  });

  it('has no stream for HEAD', async () => {
    const { url, liveLogs } = await serveLive();
    const response = await fetch(`${url}/functions/hello/logs?follow=true`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(liveLogs.followerCount).toBe(0);
  });

  it.each([
    ['/functions/hello/logs', 400, 'INVALID_QUERY'],
    ['/functions/hello/logs?follow=false', 400, 'INVALID_QUERY'],
    ['/functions/hello/logs?follow=true&follow=true', 400, 'INVALID_QUERY'],
    ['/functions/hello/logs?follow=true&since=1', 400, 'INVALID_QUERY'],
    ['/functions/nobody/logs?follow=true', 404, 'FUNCTION_NOT_FOUND'],
    ['/functions/hello@1/logs?follow=true', 400, 'INVALID_NAME'],
    ['/invocations?limit=1', 400, 'INVALID_QUERY'],
  ])('refuses %s with %i %s', async (path, status, code) => {
    const { url } = await serveLive();
    const response = await fetch(url + path);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code]);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  it('refuses the one who is too many', async () => {
    const { url } = await serveLive(0);
    const response = await fetch(`${url}/functions/hello/logs?follow=true`);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([429, 'TOO_MANY_FOLLOWERS']);
    expect(response.headers.get('retry-after')).toBe('5');
  });
});

describe('what runs, over HTTP', () => {
  it('is listed, and cancelled with 204', async () => {
    const { url, inFlight } = await serveLive();
    expect(await (await fetch(`${url}/invocations`)).json()).toEqual({ invocations: [] });
    const tracked = inFlight.track(
      { invocationId, version, signal: new AbortController().signal },
      (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason);
          });
        }),
    );
    const ended = expect(tracked).rejects.toMatchObject({ code: 'INVOCATION_CANCELLED' });
    expect(await (await fetch(`${url}/invocations`)).json()).toEqual({
      invocations: [
        {
          id: invocationId,
          function: 'hello',
          version: 1,
          started_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
          state: 'waiting',
        },
      ],
    });
    expect((await fetch(`${url}/invocations/${invocationId}`, { method: 'DELETE' })).status).toBe(204);
    await ended;
    const again = await fetch(`${url}/invocations/${invocationId}`, { method: 'DELETE' });
    expect([again.status, ((await again.json()) as { code: string }).code]).toEqual([404, 'INVOCATION_NOT_FOUND']);
  });
});
