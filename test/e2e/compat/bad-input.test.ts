import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawConnection, repliesIn, sendRaw, type RawReply } from '../../support/raw-http.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  const ports = { functronPort: 0, rannaPort: 0, tddAppPort: 0, scaasPort: 0 };
  server = await startServer({ compat: 'all', ...ports, maxDeployBytes: 100_000, maxEventBytes: 50_000 });
});
afterAll(() => server.stop());

/** What is told of an error, as the clients of each API read it; undefined for what none of them would understand. */
const told: Readonly<Record<string, (reply: RawReply) => unknown>> = {
  functron: ({ body }) => (JSON.parse(body) as { readonly Errors: readonly string[] }).Errors.join(),
  ranna: ({ status, body }) => {
    const { error, code } = JSON.parse(body) as { readonly error: string; readonly code: number };
    return code === status ? error : undefined;
  },
  'tdd-app': ({ body }) => body,
  scaas: ({ body }) => JSON.stringify((JSON.parse(body) as { readonly detail: unknown }).detail),
};
const types: Readonly<Record<string, string>> = {
  functron: 'application/json',
  ranna: 'application/json',
  'tdd-app': 'text/plain; charset=utf-8',
  scaas: 'application/json',
};

const host = 'Host: localhost';
const asJson = 'Content-Type: application/json';
const asForm = 'Content-Type: application/x-www-form-urlencoded';
const asMultipart = 'Content-Type: multipart/form-data; boundary=x';
const deploy = 'POST /deploy?function_id=f&hash_code=x HTTP/1.1';
const invoke = 'POST /invoke/deployment_f_x HTTP/1.1';

/** The first line and headers of a request, its body, and the status and words of the answer. */
type Case = readonly [what: string, lines: readonly string[], body: string, status: number, words: string];

const cases: Readonly<Record<string, readonly Case[]>> = {
  functron: [
    ['malformed JSON', ['POST /v1/exec HTTP/1.1'], '{"FnName":', 400, 'not valid JSON'],
    ['no object', ['POST /v1/exec HTTP/1.1'], '[]', 400, 'JSON object'],
    ['a wrong type', ['POST /v1/exec HTTP/1.1'], '{"Timeout":"soon"}', 400, 'Timeout'],
    ['nothing', ['POST /v1/exec HTTP/1.1'], '', 400, 'empty'],
    ['too much', ['POST /v1/exec HTTP/1.1'], 'x'.repeat(100_001), 413, '100000 bytes'],
    ['a compressed body', ['POST /v1/exec HTTP/1.1', 'Content-Encoding: gzip'], 'x', 415, 'Content-Encoding'],
  ],
  ranna: [
    ['malformed JSON', ['POST /v1/exec HTTP/1.1', asJson], '{"code":', 400, 'not valid JSON'],
    ['no object', ['POST /v1/exec HTTP/1.1', asJson], '"x"', 400, 'must be an object'],
    ['a wrong type', ['POST /v1/exec HTTP/1.1', asJson], '{"code":1}', 400, 'code must be a string'],
    ['nothing', ['POST /v1/exec HTTP/1.1', asJson], '', 400, 'empty'],
    ['another content type', ['POST /v1/exec HTTP/1.1', 'Content-Type: text/plain'], 'x', 422, 'Unprocessable Entity'],
    ['a form that is none', ['POST /v1/exec HTTP/1.1', asMultipart], 'x', 400, 'multipart'],
    ['too much', ['POST /v1/exec HTTP/1.1', asJson], 'x'.repeat(4_194_305), 413, '4194304 bytes'],
    ['another path', ['GET /v2/exec HTTP/1.1'], '', 404, 'Cannot GET /v2/exec'],
    ['another method', ['DELETE /v1/exec HTTP/1.1'], '', 405, 'Method Not Allowed'],
    ['no WebSocket', ['GET /v1/ws HTTP/1.1'], '', 426, 'Upgrade Required'],
  ],
  'tdd-app': [
    ['another content type', ['POST /send_code HTTP/1.1', asJson], '{}', 415, 'form'],
    ['a form that is none', ['POST /send_code HTTP/1.1', asMultipart], 'x', 400, 'multipart'],
    ['a form without the field', ['POST /send_code HTTP/1.1', asForm], 'a=b', 400, 'source_code is missing'],
    ['nothing', ['POST /send_code HTTP/1.1', asForm], '', 400, 'source_code is missing'],
    ['too much', ['POST /send_code HTTP/1.1', asForm], 'x'.repeat(4_194_305), 413, '4194304 bytes'],
    ['another path', ['GET /admin HTTP/1.1'], '', 404, 'There is nothing here'],
    ['another method', ['GET /send_code HTTP/1.1'], '', 404, 'POST /send_code'],
  ],
  scaas: [
    ['malformed JSON', [invoke, asJson], '{"event":', 400, 'not valid JSON'],
    ['no object', [invoke, asJson], '[]', 400, 'object'],
    ['another version', [invoke, asJson], '{"version":"v2"}', 400, 'Unsupported or missing version'],
    ['too much of an event', [invoke, asJson], 'x'.repeat(50_001), 413, '50000 bytes'],
    ['what nothing was deployed as', [invoke, asJson], '', 404, 'Deployment not found'],
    ['no form', [deploy, asJson], '{}', 422, 'Field required'],
    ['a form that is none', [deploy, asMultipart], 'x', 400, 'multipart'],
    ['too much of a file', [deploy, asMultipart], 'x'.repeat(100_001), 413, '100000 bytes'],
    ['another path', ['GET /docs HTTP/1.1'], '', 404, 'Not Found'],
    ['another method', ['PUT /health HTTP/1.1'], '', 404, 'Not Found'],
  ],
};

function expectRefusal(api: string, reply: RawReply | undefined, status: number, words: string): void {
  expect(reply?.status).toBe(status);
  if (reply === undefined) return;
  expect(reply.head).toMatch(new RegExp(`^content-type: ${types[api] ?? ''}\r?$`, 'im'));
  expect(reply.head).toMatch(/^content-length: [1-9]/im);
  expect(told[api]?.(reply)).toContain(words);
}

// The example of RFC 6455, section 1.2.
const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
const all = Object.keys(cases);
const url = (api: string): string => server.compatUrls[api] ?? '';

describe('bad input', () => {
  it.each(all.flatMap((api) => (cases[api] ?? []).map((each) => [api, ...each] as const)))(
    '%s refuses %s in its own form, whether the length is told or not',
    async (api, _what, lines, body, status, words) => {
      const length = `Content-Length: ${Buffer.byteLength(body)}`;
      const [whole] = await sendRaw(url(api), [...lines, host, length], body);
      expectRefusal(api, whole, status, words);
      const piece = body === '' ? '' : `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`;
      const [inPieces] = await sendRaw(url(api), [...lines, host, 'Transfer-Encoding: chunked'], `${piece}0\r\n\r\n`);
      expectRefusal(api, inPieces, status, words);
    },
  );

  it.each(all)('%s refuses what is no request, or no request to it, in its own form', async (api) => {
    for (const [text, status, words] of [
      ['NONSENSE\r\n\r\n', 400, 'no request of HTTP'],
      [`GET / HTTP/1.1\r\n${host}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, '16384 bytes'],
      ['GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'no Host header'],
      ['GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n', 421, '--allowed-hosts'],
      [
        `GET / HTTP/1.1\r\n${host}\r\nOrigin: https://evil.example\r\nConnection: close\r\n\r\n`,
        403,
        '--allowed-origins',
      ],
    ] as const) {
      const [reply] = repliesIn(await new RawConnection(url(api)).write(text).received);
      expectRefusal(api, reply, status, words);
    }
  });

  it('functron tells of a path that is none as functron does', async () => {
    const [reply] = await sendRaw(url('functron'), ['GET /v2/exec HTTP/1.1', host]);
    expect([reply?.status, reply?.body]).toEqual([404, '404 page not found\n']);
  });

  it.each([
    ['to another path', 'GET /v1/exec', [], 404, 'Cannot GET /v1/exec'],
    ['by another method', 'POST /v1/ws', [], 405, 'Method Not Allowed'],
    ['of another version', 'GET /v1/ws', [key, 'Sec-WebSocket-Version: 7'], 400, 'Sec-WebSocket-Version'],
    ['without a key', 'GET /v1/ws', ['Sec-WebSocket-Version: 13'], 400, 'Sec-WebSocket-Key'],
    ['from another page', 'GET /v1/ws', ['Origin: https://evil.example'], 403, '--allowed-origins'],
  ] as const)('ranna refuses a WebSocket %s as it refuses requests', async (_what, target, headers, status, words) => {
    const lines = [`${target} HTTP/1.1`, host, 'Connection: Upgrade', 'Upgrade: websocket', ...headers, '', ''];
    const [reply] = repliesIn(await new RawConnection(url('ranna')).write(lines.join('\r\n')).received);
    expectRefusal('ranna', reply, status, words);
  });
});
