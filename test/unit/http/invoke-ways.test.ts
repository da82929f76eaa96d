import { describe, expect, it } from 'vitest';
import { RawConnection, repliesIn } from '../../support/raw-http.ts';
import { SraasError } from '../../../src/errors.ts';
import { callOf, eventOf, openUsual, replyWith, type Invoke } from './usual-servers.ts';

const envelope = '{"version":"v1","event":{"name":"Ada"}}';

const invoke: Invoke = (reference, request) => {
  const [name = ''] = reference.split(/[@:]/);
  switch (name) {
    case 'missing':
      throw new SraasError('FUNCTION_NOT_FOUND', 'There is no function missing.');
    case 'full':
      return Promise.reject(new SraasError('QUEUE_FULL', 'Too many wait.', { retryAfterSeconds: 3 }));
    case 'broken':
      return Promise.reject(new TypeError('secret'));
    case 'away':
      return Promise.reject(new RangeError('The engine does not answer.'));
    case 'failing':
      return Promise.resolve(
        replyWith(request, '', {
          verdict: { outcome: 'handler_error', result: undefined, error: 'Error: Wörter 語', exitCode: undefined },
          logs: 'Zeile ü\u2028 😀\n',
        }),
      );
    case 'large':
      return Promise.resolve(replyWith(request, JSON.stringify('é'.repeat(200_000))));
    default:
      return Promise.resolve(replyWith(request, eventOf(request)));
  }
};

type Way = 'lane' | 'door' | 'app';

const line = (target: string, method = 'POST'): string => `${method} ${target} HTTP/1.1`;
const to = (reference: string): string => line(`/functions/${reference}/invoke`);

/** Who answers, and the request; a header `X: -` leaves the usual one out. */
const cases: readonly (readonly [by: Way, what: string, bytes: Buffer])[] = [
  ['lane', 'a call', callOf(envelope)],
  ['lane', 'a call of a version', callOf(envelope, [], to('greet@3'))],
  ['lane', 'a call of an alias', callOf(envelope, [], to('greet:live'))],
  ['lane', 'a call with a charset', callOf(envelope, ['Content-Type: application/json; charset=utf-8'])],
  ['lane', 'text beyond ASCII', callOf('{"version":"v1","event":"Grüße 語 😀 \u2028"}')],
  ['lane', 'a handler that throws', callOf(envelope, [], to('failing'))],
  ['lane', 'a large result', callOf(envelope, [], to('large'))],
  ['lane', 'no such function', callOf(envelope, [], to('missing'))],
  ['lane', 'a full queue', callOf(envelope, [], to('full'))],
  ['lane', 'a failure that nobody expected', callOf(envelope, [], to('broken'))],
  ['lane', 'a failure of the engine', callOf(envelope, [], to('away'))],
  ['lane', 'an empty body', callOf('')],
  ['lane', 'a body that is no JSON', callOf('{"version":"v1",}')],
  ['lane', 'a body that is not UTF-8', callOf(Buffer.from([0x22, 0xff, 0x22]))],
  ['lane', 'a byte order mark', callOf(`\ufeff${envelope}`)],
  ['lane', 'no envelope', callOf('[]')],
  ['lane', 'another version of the envelope', callOf('{"version":"v2","extra":1,"context":[]}')],
  ['door', 'a header that the lane does not know', callOf(envelope, ['X-Forwarded-For: 10.0.0.1'])],
  ['door', 'a trailing space', callOf(envelope, ['Accept: */* '])],
  ['door', 'a connection that is to end', callOf(envelope, ['Connection: close'])],
  ['door', 'an allowed origin', callOf(envelope, ['Origin: https://tools.example'])],
  ['door', 'an expectation', callOf(envelope, ['Expect: miracles'])],
  ['door', 'HTTP/1.0', callOf(envelope, [], 'POST /functions/greet/invoke HTTP/1.0')],
  ['door', 'no such function, by HTTP/1.0', callOf(envelope, [], 'POST /functions/missing/invoke HTTP/1.0')],
  ['door', 'no envelope, with an unknown header', callOf('[]', ['X-A: 1'])],
  ['door', 'a full queue, with an unknown header', callOf(envelope, ['X-A: 1'], to('full'))],
  ['door', 'a large result, with an unknown header', callOf(envelope, ['X-A: 1'], to('large'))],
  ['app', 'a mode', callOf(envelope, [], line('/functions/greet/invoke?mode=sync'))],
  ['app', 'an unknown mode', callOf(envelope, [], line('/functions/greet/invoke?mode=later'))],
  ['app', 'an escape in the name', callOf(envelope, [], to('gr%65et'))],
  ['app', 'a malformed escape', callOf(envelope, [], to('%zz'))],
  ['app', 'a name with a space', callOf(envelope, [], to('a%20b'))],
  ['app', 'an absolute target', callOf(envelope, [], to('greet').replace('/', 'http://localhost/'))],
  ['app', 'another method', callOf(envelope, [], line('/functions/greet/invoke', 'PUT'))],
  ['app', 'another host', callOf(envelope, ['Host: evil.example'])],
  ['app', 'no host', callOf(envelope, ['Host: -'])],
  ['app', 'another origin', callOf(envelope, ['Origin: https://evil.example'])],
  ['app', 'another site', callOf(envelope, ['Sec-Fetch-Site: cross-site'])],
  ['app', 'another type', callOf(envelope, ['Content-Type: text/plain'])],
  ['app', 'no type', callOf(envelope, ['Content-Type: -'])],
  ['app', 'a compressed body', callOf(envelope, ['Content-Encoding: gzip'])],
  ['app', 'a body beyond the limit', callOf('x'.repeat(1_000_001))],
  [
    'app',
    'a body in pieces',
    callOf(`27\r\n${envelope}\r\n0\r\n\r\n`, ['Content-Length: -', 'Transfer-Encoding: chunked']),
  ],
  ['app', 'a malformed key', callOf(envelope, ['Idempotency-Key: a b'])],
];

/** A reply without what differs from one to the next: ids and the time of day. */
async function answer(url: string, bytes: Buffer): Promise<string> {
  const connection = new RawConnection(url).write(bytes);
  const text = await new Promise<string>((resolve, reject) => {
    let come = '';
    connection.socket.on('data', (piece: string) => {
      come += piece;
      const [reply] = repliesIn(come);
      const length = Number(/^content-length: (\d+)/im.exec(come)?.[1] ?? Number.NaN);
      if (reply !== undefined && come.length >= come.indexOf('\r\n\r\n') + 4 + length) resolve(come);
    });
    connection.socket.once('close', () => {
      reject(new Error(`The connection was closed over ${come}`));
    });
  });
  connection.socket.destroy();
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replace(/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/m, 'Date: <date>');
}

describe('an invoke, whichever way it takes', () => {
  it.each(cases)('by the %s is answered as by the app, byte for byte: %s', async (by, _what, bytes) => {
    const [plain, door, lane] = [
      await openUsual({ invoke, ways: 'none' }),
      await openUsual({ invoke, ways: 'door' }),
      await openUsual({ invoke, ways: 'lane' }),
    ];
    const expected = await answer(plain.url, bytes);
    expect(expected).toMatch(/^HTTP\/1\.1 \d{3} .*<id>.*Date: <date>/s);
    expect(await answer(door.url, bytes)).toBe(expected);
    expect(await answer(lane.url, bytes)).toBe(expected);
    expect([door.inApp.length, lane.pastLane.length]).toEqual([by === 'app' ? 1 : 0, by === 'lane' ? 0 : 1]);
  });
});
