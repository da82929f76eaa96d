import { describe, expect, it, vi } from 'vitest';
import type { Fetch } from '../../../src/client/connection.ts';
import { SraasClient } from '../../../src/client/sraas-client.ts';
import { functionDocument, invokeReply, jsonResponse, problemResponse } from '../cli/replies.ts';

const config = { runtime: 'node24', handler: 'index.handler' };
const code = { files: { 'index.mjs': 'x' } };
const envelope = { version: 'v1' } as const;
const repeated = { 'idempotency-replayed': 'true' };

function clientWith(response: Response) {
  const fetch = vi.fn<Fetch>(() => Promise.resolve(response));
  const headers = (): unknown => fetch.mock.calls[0]?.[1].headers;
  return { client: new SraasClient({ url: 'http://server.test', fetch }), fetch, headers };
}

describe('an idempotency key', () => {
  const idempotencyKey = 'order-17';

  it.each<[string, (client: SraasClient) => Promise<unknown>]>([
    ['a deploy', (client) => client.deploy('f', config, code, { idempotencyKey })],
    ['an invoke', (client) => client.invoke('f', { idempotencyKey })],
    ['an asynchronous invoke', (client) => client.invokeAsync('f', { idempotencyKey })],
    ['a run', (client) => client.run({ config, envelope, ...code, idempotencyKey })],
  ])('goes with %s as a header, and is no part of its body', async (_what, ask) => {
    const { client, fetch, headers } = clientWith(jsonResponse(200, {}));
    await ask(client);
    expect(headers()).toMatchObject({ 'idempotency-key': 'order-17' });
    expect(fetch.mock.calls[0]?.[1].body).not.toContain('order-17');
  });

  it('goes with a deploy that is told while it goes on, beside its condition', async () => {
    const stream = new Response(
      `event: done\ndata: ${JSON.stringify({ ...functionDocument('f'), outcome: 'created' })}\n\n`,
      {
        headers: { 'content-type': 'text/event-stream', ...repeated },
      },
    );
    const { client, headers } = clientWith(stream);
    const onRepeat = vi.fn();
    const options = { idempotencyKey, onRepeat, createOnly: true, onBuild: () => undefined };
    expect(await client.deploy('f', config, code, options)).toMatchObject({ name: 'f', outcome: 'created' });
    expect(headers()).toMatchObject({
      'idempotency-key': 'order-17',
      'if-none-match': '*',
      accept: 'text/event-stream',
    });
    expect(onRepeat).toHaveBeenCalledOnce();
  });

  it('is not sent where there is none', async () => {
    const { client, headers } = clientWith(jsonResponse(200, invokeReply('ok')));
    await client.invoke('f', { event: 1 });
    expect(headers()).not.toHaveProperty('idempotency-key');
  });

  it.each([[''], ['two words'], ['naïve'], ['a→b'], ['line\nbreak'], ['x'.repeat(256)]])(
    'that no server takes is not sent: %j',
    async (key) => {
      const { client, fetch } = clientWith(jsonResponse(200, invokeReply('ok')));
      const refused = { name: 'ClientError', code: 'INVALID_IDEMPOTENCY_KEY', status: undefined };
      await expect(client.invoke('f', { idempotencyKey: key })).rejects.toMatchObject(refused);
      await expect(client.deploy('f', config, code, { idempotencyKey: key })).rejects.toMatchObject(refused);
      expect(fetch).not.toHaveBeenCalled();
    },
  );
});

describe('an answer that came before', () => {
  const idempotencyKey = 'k';

  it('is told as a repeat, and given like any other', async () => {
    const { client } = clientWith(jsonResponse(200, invokeReply('ok', { result: 3 }), repeated));
    const onRepeat = vi.fn();
    expect((await client.invoke('f', { idempotencyKey, onRepeat })).result).toBe(3);
    expect(onRepeat).toHaveBeenCalledOnce();
  });

  it('is told as a repeat also when it was a refusal', async () => {
    const { client } = clientWith(jsonResponse(404, { code: 'FUNCTION_NOT_FOUND', detail: 'No f.' }, repeated));
    const onRepeat = vi.fn();
    await expect(client.invoke('f', { idempotencyKey, onRepeat })).rejects.toMatchObject({
      code: 'FUNCTION_NOT_FOUND',
    });
    expect(onRepeat).toHaveBeenCalledOnce();
  });

  it('is not what the first request gets, nor one that is refused for its key', async () => {
    const onRepeat = vi.fn();
    await clientWith(jsonResponse(200, invokeReply('ok'))).client.invoke('f', { idempotencyKey, onRepeat });
    const mismatch = problemResponse(422, 'IDEMPOTENCY_MISMATCH', 'Use a new key.');
    const refused = clientWith(mismatch).client.invoke('f', { idempotencyKey, onRepeat });
    await expect(refused).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH', status: 422 });
    expect(onRepeat).not.toHaveBeenCalled();
  });
});
