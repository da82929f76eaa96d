import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostTest } from '../../../src/http/host-rules.ts';
import { isHeadedBy, usualHead, type UsualHead } from '../../../src/http/lane/usual-request.ts';
import { seenByNode } from './seen-by-node.ts';

const rules = { isAllowedHost: hostTest(['sraas.internal']), maxBodyBytes: 1000 };
const body = '{"version":"v1","event":{"name":"Ada"}}';
const line = 'POST /functions/greet/invoke HTTP/1.1';
const host = 'Host: localhost:8080';
const json = 'Content-Type: application/json';
const length = `Content-Length: ${body.length}`;

function request(...lines: readonly string[]): Buffer {
  return Buffer.from([...lines, '', body].join('\r\n'), 'latin1');
}

function find(bytes: Buffer): UsualHead | undefined {
  return usualHead(bytes, rules);
}

describe('the usual call in the bytes of one read', () => {
  it.each([
    ['of a client with the least headers', [host, json, length]],
    ['of curl', ['Host: 127.0.0.1:8080', 'User-Agent: curl/8.14.1', 'Accept: */*', json, length]],
    [
      'of fetch in Node',
      [
        'host: localhost:8080',
        'connection: keep-alive',
        'content-type: application/json',
        'accept: */*',
        'accept-language: *',
        'sec-fetch-mode: cors',
        'user-agent: node',
        'accept-encoding: gzip, deflate',
        `content-length: ${body.length}`,
      ],
    ],
    [
      'of axios',
      [
        'Accept: application/json, text/plain, */*',
        json,
        'User-Agent: axios/1.7.9',
        length,
        'Accept-Encoding: gzip, compress, deflate, br',
        host,
        'Connection: keep-alive',
      ],
    ],
    [
      'of requests in Python',
      [
        host,
        'User-Agent: python-requests/2.32.3',
        'Accept-Encoding: gzip, deflate',
        'Accept: */*',
        'Connection: keep-alive',
        length,
        json,
      ],
    ],
    ['of Go', ['Host: [::1]:8080', 'User-Agent: Go-http-client/1.1', length, json, 'Accept-Encoding: gzip']],
    ['that is traced', [host, json, length, 'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01']],
    [
      'in other cases and with a charset',
      ['HOST: SRAAS.internal', 'content-TYPE: Application/JSON; charset="utf-8"', length],
    ],
  ])('is found: %s', (_who, headers) => {
    const bytes = request(line, ...headers);
    expect(find(bytes)).toEqual({
      bytes: bytes.subarray(0, bytes.length - body.length),
      reference: 'greet',
      bodyBytes: body.length,
    });
  });

  it.each(['greet', 'greet@3', 'greet:live', 'a-b_C:9', 'not a name'.replaceAll(' ', '@')])('names %s', (reference) => {
    expect(find(request(`POST /functions/${reference}/invoke HTTP/1.1`, host, json, length))).toMatchObject({
      reference,
    });
  });

  it.each([
    ['another method', 'PUT /functions/greet/invoke HTTP/1.1'],
    ['a method in small letters', 'post /functions/greet/invoke HTTP/1.1'],
    ['another route', 'POST /functions/greet HTTP/1.1'],
    ['a query', 'POST /functions/greet/invoke?mode=async HTTP/1.1'],
    ['a fragment', 'POST /functions/greet/invoke#a HTTP/1.1'],
    ['an escape', 'POST /functions/gr%65et/invoke HTTP/1.1'],
    ['no name', 'POST /functions//invoke HTTP/1.1'],
    ['a name with a slash', 'POST /functions/a/b/invoke HTTP/1.1'],
    ['a name with a byte beyond ASCII', 'POST /functions/gr\xe9et/invoke HTTP/1.1'],
    ['an absolute target', 'POST http://localhost/functions/greet/invoke HTTP/1.1'],
    ['another version', 'POST /functions/greet/invoke HTTP/1.0'],
    ['two spaces', 'POST  /functions/greet/invoke HTTP/1.1'],
    ['a space behind the version', 'POST /functions/greet/invoke HTTP/1.1 '],
    ['an empty line before', '\r\nPOST /functions/greet/invoke HTTP/1.1'],
    ['a name beyond all names', `POST /functions/${'a'.repeat(201)}/invoke HTTP/1.1`],
  ])('is not one with %s', (_what, odd) => {
    expect(find(request(odd, host, json, length))).toBeUndefined();
  });

  it.each([
    ['no host', [json, length]],
    ['another host', ['Host: evil.example', json, length]],
    ['two hosts', [host, host, json, length]],
    ['two hosts in other cases', [host, 'HOST: localhost', json, length]],
    ['no type', [host, length]],
    ['another type', [host, 'Content-Type: text/plain', length]],
    ['two types', [host, json, json, length]],
    ['no length', [host, json]],
    ['two lengths', [host, json, length, length]],
    ['a length with a sign', [host, json, `Content-Length: +${body.length}`]],
    ['a length with a zero before it', [host, json, `Content-Length: 0${body.length}`]],
    ['a length in another base', [host, json, `Content-Length: 0x${body.length.toString(16)}`]],
    ['a list of lengths', [host, json, `Content-Length: ${body.length}, ${body.length}`]],
    ['a length that is less than what came', [host, json, `Content-Length: ${body.length - 1}`]],
    ['a length that is more than what came', [host, json, `Content-Length: ${body.length + 1}`]],
    ['an origin', [host, json, length, 'Origin: http://localhost:8080']],
    ['a site', [host, json, length, 'Sec-Fetch-Site: same-origin']],
    ['an idempotency key', [host, json, length, 'Idempotency-Key: 1']],
    ['a transfer coding', [host, json, length, 'Transfer-Encoding: chunked']],
    ['a content coding', [host, json, length, 'Content-Encoding: identity']],
    ['an expectation', [host, json, length, 'Expect: 100-continue']],
    ['another protocol', [host, json, length, 'Upgrade: websocket']],
    ['a connection that is to end', [host, json, length, 'Connection: close']],
    ['a connection with options', [host, json, length, 'Connection: keep-alive, upgrade']],
    ['a trailer', [host, json, length, 'Trailer: X']],
    ['a header that nobody knows', [host, json, length, 'X-Whatever: 1']],
    ['a header without a value', [host, json, length, 'Accept:']],
    ['a header with an empty value', [host, json, length, 'Accept: ']],
    ['no space behind the colon', [host, json, length, 'Accept:*/*']],
    ['a tab behind the colon', [host, json, length, 'Accept:\t*/*']],
    ['a space before the colon', [host, json, length, 'Accept : */*']],
    ['a space behind the value', [host, json, length, 'Accept: */* ']],
    ['a folded line', [host, json, length, 'Accept: */*,', ' text/plain']],
    ['a line that is no header', [host, json, length, 'Accept']],
    ['a bare line feed', [host, json, length, 'Accept: a\nUser-Agent: b']],
    ['a bare carriage return', [host, json, length, 'Accept: a\rUser-Agent: b']],
    ['a NUL', [host, json, length, 'Accept: a\0']],
    ['a byte beyond ASCII', [host, json, length, 'Accept: \xe9']],
    ['a head beyond usual ones', [host, json, length, `User-Agent: ${'x'.repeat(4096)}`]],
  ])('is not one with %s', (_what, headers) => {
    expect(find(request(line, ...headers))).toBeUndefined();
  });

  it('is not one that goes on, or has something behind it', () => {
    const whole = request(line, host, json, length);
    for (let end = 0; end < whole.length; end += 1) expect(find(whole.subarray(0, end))).toBeUndefined();
    expect(find(Buffer.concat([whole, Buffer.from('\r\n')]))).toBeUndefined();
    expect(find(Buffer.concat([whole, whole]))).toBeUndefined();
  });

  it('is not one with a larger body than may be', () => {
    const large = (bytes: number): Buffer =>
      Buffer.concat([
        Buffer.from([line, host, json, `Content-Length: ${bytes}`, '', ''].join('\r\n')),
        Buffer.alloc(bytes, ' '),
      ]);
    expect(find(large(1000))).toMatchObject({ bodyBytes: 1000 });
    expect(find(large(1001))).toBeUndefined();
  });

  it('is found again by the same head alone, whatever its body is', () => {
    const known = find(request(line, host, json, length));
    if (known === undefined) throw new Error('It was not found.');
    const other = request(line, host, json, length).fill('x', known.bytes.length);
    expect(isHeadedBy(known, other)).toBe(true);
    expect(isHeadedBy(known, other.subarray(1))).toBe(false);
    expect(isHeadedBy(known, other.subarray(0, -1))).toBe(false);
    expect(isHeadedBy(known, Buffer.concat([other, other]))).toBe(false);
    for (let at = 0; at < known.bytes.length; at += 1) {
      const changed = Buffer.from(other);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(isHeadedBy(known, changed)).toBe(false);
    }
  });
});

const names = ['Accept', 'accept-ENCODING', 'User-Agent', 'traceparent', 'Cache-Control', 'sec-fetch-mode', 'Baggage'];
const visible = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) });
const values = fc
  .array(
    visible.filter((word) => word !== ''),
    { minLength: 1, maxLength: 3 },
  )
  .map((words) => words.join(' '));
const others = fc.uniqueArray(fc.record({ name: fc.constantFrom(...names), value: values }), {
  selector: ({ name }) => name.toLowerCase(),
});

/** Requests of all the forms that are usual. */
const usual = fc
  .record({
    name: fc.constantFrom('greet', 'greet@3', 'greet:live', 'A_b-9'),
    host: fc.constantFrom('localhost', '127.0.0.1:8080', '[::1]:1', 'Sraas.Internal'),
    hostName: fc.constantFrom('Host', 'host', 'HOST'),
    type: fc.constantFrom('application/json', 'application/json; charset=utf-8', 'APPLICATION/json ;charset="UTF-8"'),
    connection: fc.constantFrom([], ['Connection: keep-alive'], ['connection: Keep-Alive']),
    others,
    body: fc.uint8Array({ maxLength: 60 }),
    order: fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
  })
  .map(({ name, order, ...one }) => {
    const lines = [
      `${one.hostName}: ${one.host}`,
      `Content-Type: ${one.type}`,
      `content-length: ${one.body.length}`,
      ...one.connection,
      ...one.others.map((other) => `${other.name}: ${other.value}`),
    ].map((text, index) => ({ text, place: order[index] ?? 0 }));
    lines.sort((a, b) => a.place - b.place);
    const head = [`POST /functions/${name}/invoke HTTP/1.1`, ...lines.map(({ text }) => text), '', ''].join('\r\n');
    return Buffer.concat([Buffer.from(head, 'latin1'), one.body]);
  });

const odd = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  ':',
  '%2f',
  '0',
  ',',
  '\r\n ',
  '\r\n\r\n',
  '\x80',
  '\xff',
  'Host: evil.example\r\n',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Connection: close\r\n',
  'Upgrade: websocket\r\n',
  'http://evil.example',
  'GET / HTTP/1.1\r\n\r\n',
];

type Change = (bytes: Buffer, at: number) => Buffer;

function splice(bytes: Buffer, at: number, removed: number, added: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]);
}

const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.integer({ min: 1, max: 255 }).map(
    (mask): Change =>
      (bytes, at) =>
        splice(bytes, at, 1, Buffer.from([(bytes[at] ?? 0) ^ mask])),
  ),
  fc.constantFrom(...odd).map(
    (text): Change =>
      (bytes, at) =>
        splice(bytes, at, 0, Buffer.from(text, 'latin1')),
  ),
  fc.constantFrom(...odd).map(
    (text): Change =>
      (bytes, at) =>
        splice(bytes, at, text.length, Buffer.from(text, 'latin1')),
  ),
  fc.integer({ min: 1, max: 8 }).map(
    (count): Change =>
      (bytes, at) =>
        splice(bytes, at, count),
  ),
  // A line, or a part of it, once more.
  fc.integer({ min: 1, max: 60 }).map(
    (count): Change =>
      (bytes, at) =>
        splice(bytes, at, 0, bytes.subarray(at, at + count)),
  ),
);

/** Up to three changes; half of them at the beginnings and ends of lines, where it matters. */
const changed = fc
  .tuple(usual, fc.array(fc.tuple(changes, fc.nat(), fc.boolean()), { minLength: 1, maxLength: 3 }))
  .map(([bytes, all]) =>
    all.reduce<Buffer>((before, [change, place, atLineEnd]) => {
      const ends = [...before.toString('latin1').matchAll(/\r|\n|: |$/g)].map(({ index }) => index);
      const at = atLineEnd ? (ends[place % ends.length] ?? 0) : place % (before.length + 1);
      return change(before, at);
    }, bytes),
  );

/** What a request that was found says, in the form in which Node tells the same. */
function told(bytes: Buffer, { reference, bytes: head }: UsualHead) {
  return { method: 'POST', url: `/functions/${reference}/invoke`, body: bytes.toString('latin1', head.length) };
}

describe('beside Node’s own parser', () => {
  it('is found in every usual form, and seen there as the same request', async () => {
    await fc.assert(
      fc.asyncProperty(usual, async (bytes) => {
        const found = find(bytes);
        expect(found).toBeDefined();
        if (found === undefined) return;
        expect(await seenByNode(bytes)).toEqual([expect.objectContaining(told(bytes, found))]);
      }),
      { numRuns: 500 },
    );
  });

  it('is never found in what Node sees as another request, as several or as none, however the bytes were changed', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(changed, async (bytes) => {
        const head = find(bytes);
        if (head === undefined) return;
        found += 1;
        const seen = await seenByNode(bytes);
        expect(seen).toEqual([expect.objectContaining(told(bytes, head))]);
        const names = (seen?.[0]?.headers ?? [])
          .filter((_text, index) => index % 2 === 0)
          .map((name) => name.toLowerCase());
        expect(names).toEqual(expect.arrayContaining(['host', 'content-type', 'content-length']));
        expect(new Set(names).size).toBe(names.length);
        for (const name of [
          'origin',
          'idempotency-key',
          'transfer-encoding',
          'upgrade',
          'expect',
          'content-encoding',
        ]) {
          expect(names).not.toContain(name);
        }
      }),
      { numRuns: 20_000 },
    );
    // Changes inside of values and bodies leave usual calls.
    expect(found).toBeGreaterThan(500);
  });
});
