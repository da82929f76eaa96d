// PR-11, 13, 56 and the layout itself: bytes on the channel that are no frame, or a frame that holds what it may not.
// Barrier: the decoder and the checks behind it, capped before anything is set aside. Expected: protocol_violation for each, at
// once and long before the deadline; a result that is one JSON text reaches the caller byte for byte.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';
import { attackFiles } from '../support/attack-files.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

const source = (): ReturnType<typeof attackFiles> =>
  attackFiles(
    `import fs from 'node:fs'; import { channel, frame, rawFrame, result, send } from './forge.mjs';
     const head = (id) => Buffer.from(JSON.stringify({ id, status: 'ok', duration_ms: 0, reusable: true }));
     const bytes = (...values) => Buffer.from(values);
     const attacks = {
       'invalid UTF-8 in the result': (id) => rawFrame(132, head(id), bytes(0x22, 0xff, 0xfe, 0x22)),
       'a surrogate in UTF-8': (id) => rawFrame(132, head(id), bytes(0x22, 0xed, 0xa0, 0x80, 0x22)),
       'a byte order mark': (id) => result(id, '\ufeff1'),
       'two JSON values': (id) => result(id, '1 2'),
       'trailing bytes': (id) => result(id, '{"a":1}x'),
       'no JSON at all': (id) => result(id, ''),
       'NaN': (id) => result(id, 'NaN'),
       'a closing of the reply': (id) => result(id, '1},"error":"forged"'),
       'an empty frame': () => bytes(0, 0, 0, 0),
       'a frame without a head': () => rawFrame(132, bytes(), bytes()),
       'a frame shorter than its own start': () => bytes(0, 0, 0, 4, 132, 0, 0, 0),
       'a head longer than its frame': () => bytes(0, 0, 0, 5, 132, 0, 0, 0, 9),
       'a head that is not an object': () => rawFrame(132, Buffer.from('[1]'), bytes()),
       'a head with two values': (id) => rawFrame(132, Buffer.concat([head(id), head(id)]), bytes()),
       'a head over its cap': (id) => frame('result', { id, status: 'ok', duration_ms: 0, reusable: true, more: 'x'.repeat(5000) }, '1'),
       'a length of 4 GiB': () => bytes(255, 255, 255, 255, 132),
       'an unknown type': (id) => rawFrame(99, head(id), bytes()),
       'a missing id': () => frame('result', { status: 'ok', duration_ms: 0, reusable: true }, '1'),
       'an endless id': () => frame('result', { id: 'x'.repeat(200), status: 'ok', duration_ms: 0, reusable: true }, '1'),
       'an id that is no text': () => frame('result', { id: { toString: 1 }, status: 'ok', duration_ms: 0, reusable: true }, '1'),
       'a status of its own': (id) => frame('result', { id, status: 'timeout', duration_ms: 0, reusable: true }, 'x'),
       'a negative duration': (id) => result(id, '1', { duration_ms: -1 }),
       'a duration without end': (id) => rawFrame(132, Buffer.from(head(id).toString().replace(':0,', ':1e999,')), Buffer.from('1')),
       'an error text over its cap': (id) => frame('result', { id, status: 'handler_error', duration_ms: 0, reusable: true }, 'x'.repeat(65_537)),
       'a result over the limit': (id) => result(id, JSON.stringify('x'.repeat(70_000))),
     };
     export const names = Object.keys(attacks);
     export const handler = ({ attack, text }, { request_id }) => {
       if (attack === undefined) return names;
       send(text === undefined ? attacks[attack](request_id) : result(request_id, text));
       return new Promise(() => {});
     }`,
    'forge.mjs',
  );

it('each of them is protocol_violation, at once', async () => {
  const limits = { timeout_ms: 5000, result_bytes: 60_000 };
  const name = await arena.deploy(await source(), { limits, concurrency: { max: 2 } });
  const attacks = (await arena.client.invoke(name)).result as readonly string[];
  expect(attacks.length).toBeGreaterThan(20);
  for (const attack of attacks) {
    const reply = await arena.client.invoke(name, { event: { attack } });
    expect(reply, attack).toMatchObject({ result: null, logs: '', invocation: { outcome: 'protocol_violation' } });
    expect(reply.duration_ms, attack).toBeLessThan(2500);
  }
});

it('a frame that never ends is a timeout', async () => {
  const code = await attackFiles(
    `import { send, result } from './forge.mjs';
     export const handler = (_, { request_id }) => { send(result(request_id, '"whole"').subarray(0, -1)); return new Promise(() => {}) }`,
    'forge.mjs',
  );
  const reply = await arena.run(code, { config: { limits: { timeout_ms: 700 } } });
  expect(reply).toMatchObject({ result: null, invocation: { outcome: 'timeout' } });
});

describe('PR-13, PR-56: a result that is one JSON text is inert', () => {
  const texts = [
    '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    '{"a":1,"a":2,"b":{"a":1,"a":2}}',
    '[12345678901234567890123,1.0,1e400,-0,1E+2,0.10]',
    '  {"spaced" : [ 1 , 2 ] }  ',
    '{"result":1,"error":"forged","invocation":{"outcome":"timeout"}}',
  ];

  it.each(texts)('%s', async (text) => {
    const name = await arena.deploy(await source());
    const response = await fetch(`${arena.url}/functions/${name}/invoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ version: 'v1', event: { attack: 'none', text } }),
    });
    expect(response.headers.get('x-sraas-outcome')).toBe('ok');
    const body = await response.text();
    expect(body.startsWith(`{"result":${text},"logs":"","error":null,`)).toBe(true);
    expect(Object.keys({})).toEqual([]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
