import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callWebhook } from '../../../src/async/webhooks/call.ts';
import { nextCallDelayMs } from '../../../src/async/webhooks/delivery-schedule.ts';
import type { PostOptions } from '../../../src/async/webhooks/post.ts';
import { publicLookup } from '../../../src/async/webhooks/public-lookup.ts';
import { webhookHeaders } from '../../../src/async/webhooks/signature.ts';
import type { ClaimedCall } from '../../../src/async/webhooks/webhook-store.ts';
import type { InvocationPayload } from '../../../src/history/invocation-record.ts';
import { queuedRecord } from './invocation-records.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const now = new Date('2026-03-01T00:00:00.000Z');

async function receiver(answer: RequestListener): Promise<{ readonly url: string; readonly received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ headers: request.headers, body });
      answer(request, response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?x=1`, received };
}

const answering = (status: number, headers: Record<string, string> = {}): RequestListener => {
  return (_request, response) => {
    response.writeHead(status, headers).end('whatever');
  };
};

function call(url: string, members: Partial<ClaimedCall> = {}): ClaimedCall {
  const payload: InvocationPayload = {
    envelope: undefined,
    result: Buffer.from('{"n":9007199254740993}'),
    logs: Buffer.from('said\n'),
  };
  return {
    record: queuedRecord(undefined, { state: 'succeeded', outcome: 'ok', webhook: { state: 'pending', attempts: 0 } }),
    payload,
    webhook: { url, secret: 'signing' },
    attempt: 1,
    expiresAt: new Date(now.getTime() + 86_400_000),
    leaseToken: 'token',
    ...members,
  };
}

const send = (claimed: ClaimedCall, post: Partial<PostOptions> = {}) =>
  callWebhook(claimed, {
    valueOf: (name) => Promise.resolve(`value of ${name}`),
    post: { timeoutMs: 5000, toPrivate: true, ...post },
    userAgent: 'sraas/test',
    clock: () => now,
    random: () => 0,
  });

describe('the signature of a webhook', () => {
  it('is that of the Standard Webhooks scheme', () => {
    const message = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      at: new Date(1_614_265_330_999),
      body: Buffer.from('{"test": 2432232314}'),
    };
    expect(webhookHeaders(message, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toEqual({
      'webhook-id': message.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is left out where there is no secret', () => {
    const headers = webhookHeaders({ id: 'i', at: now, body: Buffer.from('{}') }, undefined);
    expect(Object.keys(headers)).toEqual(['webhook-id', 'webhook-timestamp']);
  });
});

describe('calling a webhook', () => {
  it('posts the invocation with its result byte for byte, signed, under the invocation’s id', async () => {
    const { url, received } = await receiver(answering(204));
    const claimed = call(url);
    expect(await send(claimed)).toEqual({
      delivery: { state: 'delivered', attempts: 1, status: 204 },
      dueAt: undefined,
    });
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    const expected = webhookHeaders({ id: claimed.record.id, at: now, body: Buffer.from(body) }, 'value of signing');
    expect(headers).toMatchObject({ ...expected, 'content-type': 'application/json', 'user-agent': 'sraas/test' });
    expect(body).toContain('"result":{"n":9007199254740993},');
    const document = JSON.parse(body) as { readonly invocation: object };
    expect(document).toMatchObject({
      invocation: { id: claimed.record.id, state: 'succeeded', outcome: 'ok' },
      error: null,
      logs: 'said\n',
    });
    expect(document.invocation).not.toHaveProperty('webhook');
  });

  it.each([500, 404, 429])('is due again when the answer is %i', async (status) => {
    const { url } = await receiver(answering(status));
    expect(await send(call(url))).toEqual({
      delivery: { state: 'pending', attempts: 1, status, error: `It answered with status ${status}.` },
      dueAt: new Date(now.getTime() + 5000),
    });
  });

  it('does not follow a redirect', async () => {
    const elsewhere = await receiver(answering(200));
    const { url } = await receiver(answering(307, { location: elsewhere.url }));
    expect((await send(call(url))).delivery).toMatchObject({ state: 'pending', status: 307 });
    expect(elsewhere.received).toEqual([]);
  });

  it('is given up when the receiver is gone, when that was the last call, and when the next would come too late', async () => {
    const gone = await receiver(answering(410));
    expect((await send(call(gone.url))).delivery).toMatchObject({ state: 'failed', status: 410 });
    const broken = await receiver(answering(500));
    expect((await send(call(broken.url, { attempt: 8 }))).delivery).toMatchObject({ state: 'failed', attempts: 8 });
    const late = { expiresAt: new Date(now.getTime() + 4999) };
    expect(await send(call(broken.url, late))).toMatchObject({ delivery: { state: 'failed' }, dueAt: undefined });
  });

  it('waits for no answer longer than its time', async () => {
    const { url } = await receiver(() => undefined);
    expect((await send(call(url), { timeoutMs: 200 })).delivery).toMatchObject({
      state: 'pending',
      error: 'It did not answer in time.',
    });
  });

  it('reads an endless answer only so far', async () => {
    const { url } = await receiver((_request, response) => {
      response.writeHead(200);
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        response.once('drain', write);
      };
      write();
    });
    expect((await send(call(url))).delivery).toMatchObject({ state: 'delivered', status: 200 });
  });

  it('says so when nobody listens, and when its secret is not there', async () => {
    const { url, received } = await receiver(answering(200));
    expect((await send(call('http://127.0.0.1:1/'))).delivery).toMatchObject({
      state: 'pending',
      error: 'It could not be called (ECONNREFUSED).',
    });
    const parts = { userAgent: 'x', clock: () => now, random: () => 0, post: { timeoutMs: 1000, toPrivate: true } };
    const lost = { ...parts, valueOf: () => Promise.reject(new Error('sealed')) };
    expect((await callWebhook(call(url), lost)).delivery).toMatchObject({
      state: 'pending',
      error: 'It could not be called.',
    });
    expect(received).toEqual([]);
  });
});

describe('AP-55: a webhook to an address that is not public', () => {
  const refusal = 'It was not called: its host is not a public address, which this server does not call.';

  it.each([
    'http://127.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f000001:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://127.1:PORT/',
    'http://0.0.0.0:PORT/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
    'http://192.168.0.1/',
    'http://[fe80::1]/',
    'http://[fd00::1]/',
    'https://127.0.0.1:PORT/',
  ])('is not called as %s', async (template) => {
    const { url, received } = await receiver(answering(200));
    const target = template.replace('PORT', new URL(url).port);
    expect((await send(call(target), { toPrivate: false })).delivery).toEqual({
      state: 'pending',
      attempts: 1,
      error: refusal,
    });
    expect(received).toEqual([]);
  });

  it('is not called when one of the addresses of its name is not public', async () => {
    const lookup = publicLookup((_name, _options, callback) => {
      callback(null, [
        { address: '93.184.215.14', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ]);
    });
    const { delivery } = await send(call('http://mixed.example/'), { toPrivate: false, lookup });
    expect(delivery).toMatchObject({ error: refusal });
  });

  it('is not called by a name that does not resolve, which is told', async () => {
    const failed: NodeJS.ErrnoException = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    // The system's look-up gives no addresses at all beside an error.
    const lookup = publicLookup((_name, _options, callback) => {
      (callback as (error: Error) => void)(failed);
    });
    const { delivery } = await send(call('http://nowhere.example/'), { toPrivate: false, lookup });
    expect(delivery).toMatchObject({ state: 'pending', error: 'It could not be called (ENOTFOUND).' });
  });

  it('is found out at the connection, should the look-up not have told', async () => {
    const { url, received } = await receiver(answering(200));
    const lying: LookupFunction = (_name, options, callback) => {
      if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
      else callback(null, '127.0.0.1', 4);
    };
    const target = url.replace('127.0.0.1', 'public.example');
    expect((await send(call(target), { toPrivate: false, lookup: lying })).delivery).toMatchObject({ error: refusal });
    expect(received).toEqual([]);
  });

  it('is not called by another scheme', async () => {
    for (const url of ['file:///etc/passwd', 'gopher://127.0.0.1/', 'unix:/var/run/docker.sock']) {
      expect((await send(call(url), { toPrivate: true })).delivery.state).toBe('pending');
    }
  });
});

describe('the calls of a webhook', () => {
  it('are eight within a day', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((attempt) => nextCallDelayMs(attempt, () => 0.999) ?? NaN);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(86_400_000);
    expect(nextCallDelayMs(8, () => 0)).toBeUndefined();
  });
});
