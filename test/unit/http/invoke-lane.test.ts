import { abortSignalOf } from '../../../src/cancellation.ts';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { patience } from '../../support/patience.ts';
import { RawConnection, repliesIn } from '../../support/raw-http.ts';
import type { InvocationRequest } from '../../../src/invocations/invoker.ts';
import type { Reply } from '../../../src/invocations/reply.ts';
import { callOf, eventOf, openUsual, replyWith, type Invoke, type UsualServer } from './usual-servers.ts';

const envelope = (event: unknown): string => JSON.stringify({ version: 'v1', event });

/** A connection of which a test awaits replies while it goes on. */
class Client {
  readonly connection: RawConnection;
  #text = '';
  #onChange: () => void = () => undefined;

  constructor({ url }: Pick<UsualServer, 'url'>) {
    this.connection = new RawConnection(url);
    this.connection.socket.on('data', (text: string) => {
      this.#text += text;
      this.#onChange();
    });
    this.connection.socket.once('close', () => {
      this.#onChange();
    });
    onTestFinished(() => void this.connection.socket.destroy());
  }

  write(...pieces: readonly (string | Uint8Array)[]): this {
    this.connection.write(...pieces);
    return this;
  }

  /** The results of the first `count` replies, or their statuses where they have none. */
  async results(count: number): Promise<readonly unknown[]> {
    const { socket } = this.connection;
    while (!isWhole(this.#text) || repliesIn(this.#text).length < count) {
      if (socket.destroyed) throw new Error(`The connection was closed; it had brought ${this.#text.slice(-500)}`);
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
    }
    return repliesIn(this.#text).map(resultOf);
  }
}

function isWhole(text: string): boolean {
  const last = text.lastIndexOf('HTTP/1.1 ');
  const end = text.indexOf('\r\n\r\n', last);
  const length = Number(/^content-length: (\d+)/im.exec(text.slice(last))?.[1]);
  return end >= 0 && text.length >= end + 4 + length;
}

function resultOf({ status, body }: { readonly status: number; readonly body: string }): unknown {
  return status === 200 ? (JSON.parse(body) as { readonly result: unknown }).result : status;
}

/** An invoker whose calls go on until the test ends them. */
function heldCalls() {
  const calls: { readonly request: InvocationRequest; readonly end: (members?: Partial<Reply>) => void }[] = [];
  const invoke: Invoke = (_reference, request) =>
    new Promise((resolve, reject) => {
      request.signal.addEventListener('abort', () => {
        reject(request.signal.reason);
      });
      calls.push({
        request,
        end: (members) => {
          resolve(replyWith(request, eventOf(request), members));
        },
      });
    });
  const call = async (index: number) => {
    await vi.waitUntil(() => calls.length > index, patience);
    const found = calls[index];
    if (found === undefined) throw new Error('There is no such call.');
    return found;
  };
  return { invoke, calls, call };
}

describe('a connection of the lane', () => {
  it('serves calls one behind the other, of any function and any size', async () => {
    const server = await openUsual();
    const client = new Client(server);
    const events = ['a', { b: [1] }, 'x'.repeat(2000), 'a', 'a', 'é'];
    for (const [index, event] of events.entries()) {
      client.write(callOf(envelope(event), [], `POST /functions/f${index % 2}/invoke HTTP/1.1`));
      expect(await client.results(index + 1)).toEqual(events.slice(0, index + 1));
    }
    expect(server.pastLane).toEqual([]);
  });

  it('is Node’s own from the first other request on, before which everything has been answered', async () => {
    const server = await openUsual();
    const client = new Client(server);
    client.write(callOf(envelope(1)));
    await client.results(1);
    client.write('GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await client.results(2);
    client.write(callOf(envelope(2)));
    expect(await client.results(3)).toEqual([1, 404, 2]);
    expect(server.pastLane).toEqual(['GET /nowhere', 'POST /functions/greet/invoke']);
  });

  it('answers a request that comes in two parts, wherever it is split', async () => {
    const server = await openUsual();
    const bytes = callOf(envelope({ name: 'Ada' }));
    const splitAt = async (at: number): Promise<readonly unknown[]> => {
      const client = new Client(server);
      client.connection.socket.setNoDelay(true);
      client.write(bytes.subarray(0, at));
      await new Promise((resolve) => setImmediate(resolve));
      const results = await client.write(bytes.subarray(at)).results(1);
      client.connection.socket.destroy();
      return results;
    };
    for (let at = 1; at < bytes.length; at += 1) expect([at, await splitAt(at)]).toEqual([at, [{ name: 'Ada' }]]);
  });

  it('answers one that comes byte by byte', async () => {
    const server = await openUsual();
    const client = new Client(server);
    for (const byte of callOf(envelope('slow'))) {
      client.write(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.results(1)).toEqual(['slow']);
  });

  it('answers requests that come at once in their order', async () => {
    const server = await openUsual();
    const events = [1, 2, 3, 'x'.repeat(200_000), 4];
    const client = new Client(server).write(Buffer.concat(events.map((event) => callOf(envelope(event)))));
    expect(await client.results(events.length)).toEqual(events);
  });

  it('answers those that come while a call runs behind it, however many', async () => {
    const { invoke, call, calls } = heldCalls();
    const server = await openUsual({ invoke });
    const client = new Client(server).write(callOf(envelope('first')));
    const first = await call(0);
    const events = Array.from({ length: 400 }, (_, index) => `${index} ${'x'.repeat(1000)}`);
    for (const event of events) client.write(callOf(envelope(event)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(calls.length).toBe(1);
    first.end();
    for (const index of events.keys()) (await call(index + 1)).end();
    expect(await client.results(401)).toEqual(['first', ...events]);
  });

  it('answers garbage behind a call with 400, behind the answer to the call', async () => {
    const { invoke, call } = heldCalls();
    const client = new Client(await openUsual({ invoke })).write(callOf(envelope('first')));
    const { end } = await call(0);
    client.write('NONSENSE\r\n\r\n');
    end();
    expect(await client.results(2)).toEqual(['first', 400]);
  });
});

describe('a client of the lane that leaves', () => {
  it.each([
    ['closes the connection', (client: Client) => client.connection.socket.destroy()],
    ['resets the connection', (client: Client) => client.connection.socket.resetAndDestroy()],
    ['ends its side of the connection', (client: Client) => client.connection.socket.end()],
    [
      'has sent the next request and closes the connection',
      (client: Client) => {
        client.write(callOf(envelope(2))).connection.socket.destroySoon();
      },
    ],
  ])('has its call cancelled: it %s', async (_how, leave) => {
    const { invoke, call, calls } = heldCalls();
    const client = new Client(await openUsual({ invoke })).write(callOf(envelope(1)));
    const { request } = await call(0);
    expect(request.signal.aborted).toBe(false);
    leave(client);
    if (!request.signal.aborted) await once(abortSignalOf(request.signal), 'abort');
    expect(request.signal.reason).toMatchObject({ code: 'INVOCATION_CANCELLED' });
    expect(calls.length).toBe(1);
  });

  it('between two calls is no error', async () => {
    const server = await openUsual();
    const client = new Client(server).write(callOf(envelope(1)));
    await client.results(1);
    client.connection.socket.resetAndDestroy();
    expect(await new Client(server).write(callOf(envelope(2))).results(1)).toEqual([2]);
  });
});

describe('a connection of the lane, as time passes,', () => {
  it('is closed when it has been idle for its time, and not before', async () => {
    const { invoke, call } = heldCalls();
    const server = await openUsual({ invoke, times: { lookEveryMs: 10, idleMs: 50 } });
    const client = new Client(server).write(callOf(envelope(1)));
    const { end } = await call(0);
    // Several looks later: a call that runs is no idleness.
    await new Promise((resolve) => setTimeout(resolve, 200));
    end();
    expect(repliesIn(await client.connection.received).map(resultOf)).toEqual([1]);
  });

  it('goes to Node when nothing comes, and is answered there when its time is over', async () => {
    const server = await openUsual({ times: { lookEveryMs: 10 }, headersTimeoutMs: 100 });
    expect(repliesIn(await new RawConnection(server.url).received)).toMatchObject([{ status: 408 }]);
  });

  it('is answered by Node when a request does not come to its end', async () => {
    const server = await openUsual({ headersTimeoutMs: 100 });
    const connection = new RawConnection(server.url).write(callOf(envelope(1)).subarray(0, 50));
    expect(repliesIn(await connection.received)).toMatchObject([{ status: 408 }]);
  });

  it('is cut off when its client does not read the reply', async () => {
    const { invoke, call } = heldCalls();
    const server = await openUsual({ invoke, times: { lookEveryMs: 10, replyTimeoutMs: 100 } });
    const { connection } = new Client(server).write(callOf(envelope(1)));
    connection.socket.pause();
    const result = Buffer.alloc(32 * 1024 * 1024, '1');
    (await call(0)).end({ verdict: { outcome: 'ok', result, error: undefined, exitCode: undefined } });
    // Nothing else ends the connection before that time is over.
    await server.server.close(1_000_000);
    connection.socket.resume();
    expect((await connection.received).length).toBeLessThan(result.length);
  });

  it('brings a large reply to a client that reads it', async () => {
    const server = await openUsual({ times: { lookEveryMs: 10 } });
    const event = 'é'.repeat(400_000);
    const client = new Client(server).write(callOf(envelope(1)));
    await client.results(1);
    const reply = await fetch(`${server.url}/functions/greet/invoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: envelope(event),
    });
    expect(((await reply.json()) as { result: unknown }).result).toBe(event);
  });
});

describe('a server with a lane that stops', () => {
  it('ends its idle connections at once, and those with a call behind their replies', async () => {
    const { invoke, call } = heldCalls();
    const server = await openUsual({ invoke });
    const idle = new Client(server).write(callOf(envelope(1)));
    (await call(0)).end();
    await idle.results(1);
    const silent = new Client(server);
    await once(silent.connection.socket, 'connect');
    const busy = new Client(server).write(callOf(envelope(2)));
    const { end } = await call(1);
    server.server.stopListening();
    expect(repliesIn(await idle.connection.received).length).toBe(1);
    expect(await silent.connection.received).toBe('');
    const closed = server.server.close(60_000);
    end();
    const [reply] = repliesIn(await busy.connection.received);
    expect(reply?.head).toMatch(/^Connection: close$/m);
    expect(reply?.head).not.toMatch(/^Keep-Alive/m);
    await closed;
  });

  it('ends all of them when its time is over, and cancels their calls', async () => {
    const { invoke, call } = heldCalls();
    const server = await openUsual({ invoke });
    const client = new Client(server).write(callOf(envelope(1)));
    const { request } = await call(0);
    await server.server.close(20);
    expect(await client.connection.received).toBe('');
    if (!request.signal.aborted) await once(abortSignalOf(request.signal), 'abort');
  });
});
