import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { documentedRoutes, type Route } from '../support/documented-routes.ts';
import { codeOf, RawConnection, repliesIn, sendRaw, type RawReply } from '../support/raw-http.ts';
import { startServer, type TestServer } from '../support/server.ts';

const maxEventBytes = 1_000_000;
const maxDeployBytes = 2_000_000;
const config = { runtime: 'node24', handler: 'main.handler' };
const echo = { 'main.mjs': 'export const handler = (event) => event' };

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ maxEventBytes, maxDeployBytes });
  await server.client.deploy('echo', config, { files: echo });
});
afterAll(() => server.stop());

const ownMembers = Object.getOwnPropertyNames(Object.prototype).sort();
// The server is in this process: what polluted it would show here.
afterEach(async () => {
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(ownMembers);
  expect((await server.client.invoke('echo', { event: 'well' })).result).toBe('well');
});

const host = 'Host: localhost';
const json = 'Content-Type: application/json';

async function send(
  method: string,
  target: string,
  body?: string | Uint8Array,
  headers: readonly string[] = [json],
): Promise<RawReply> {
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const [reply] = await sendRaw(server.url, [`${method} ${target} HTTP/1.1`, host, ...headers, ...length], body);
  return reply ?? { status: 0, head: '', body: '' };
}

function deploy(name: string, document: object | string): Promise<RawReply> {
  return send('PUT', `/functions/${name}`, typeof document === 'string' ? document : JSON.stringify(document));
}

function invoke(body: string | Uint8Array, headers?: readonly string[]): Promise<RawReply> {
  return send('POST', '/functions/echo/invoke', body, headers);
}

function told(reply: RawReply): readonly [status: number, code: string | undefined] {
  return [reply.status, codeOf(reply)];
}

describe('AP-01 a name that is none', () => {
  it.each([
    '..%2fx',
    '%2e%2e%2fx',
    'a%2fb',
    'a%5cb',
    '.%2f',
    'a%00',
    'a%0a',
    'a%0d%0aX-Evil:%201',
    'x'.repeat(300),
    '-x',
    '%F0%9F%98%80',
    '%E2%80%AEevil',
    'h%D0%B5llo',
    '%EF%BD%81bc',
    'a%20b',
    'a%3Bb',
    "a'%3B%20DROP%20TABLE%20functions%3B--",
  ])('%s is refused by every route that takes one', async (name) => {
    const refused = [400, 'INVALID_NAME'];
    expect(told(await deploy(name, { ...config, files: echo }))).toEqual(refused);
    for (const [method, target] of [
      ['GET', `/functions/${name}`],
      ['DELETE', `/functions/${name}`],
      ['GET', `/functions/${name}/versions`],
      ['GET', `/functions/${name}/logs?follow=true`],
    ] as const) {
      expect([target, ...told(await send(method, target))]).toEqual([target, ...refused]);
    }
    expect(told(await send('POST', `/functions/${name}/invoke`, '{"version":"v1"}'))).toEqual(refused);
  });

  it.each([
    '/functions/..',
    '/functions/.',
    '/functions/%2e%2e',
    '/functions/',
    '/functions//invoke',
    '/functions/../x',
  ])('%s leads nowhere, for any method', async (target) => {
    for (const method of ['GET', 'PUT', 'DELETE', 'POST']) {
      const { status } = await send(method, target, method === 'GET' ? undefined : '{}');
      expect([method, [400, 404, 405].includes(status)]).toEqual([method, true]);
    }
  });

  it('differs from another by case alone, and both are kept apart', async () => {
    await server.client.deploy('Case', config, { files: { 'main.mjs': 'export const handler = () => "upper"' } });
    await server.client.deploy('case', config, { files: { 'main.mjs': 'export const handler = () => "lower"' } });
    expect((await server.client.invoke('Case')).result).toBe('upper');
    expect((await server.client.invoke('case')).result).toBe('lower');
  });
});

describe('AP-02 names that every object has', () => {
  it.each(['constructor', 'hasOwnProperty', 'toString', 'valueOf'])('%s is a function like any other', async (name) => {
    expect(told(await send('GET', `/functions/${name}`))).toEqual([404, 'FUNCTION_NOT_FOUND']);
    expect((await deploy(name, { ...config, files: echo })).status).toBe(201);
    expect((await server.client.invoke(name, { event: name })).result).toBe(name);
    await server.client.remove(name);
    expect(told(await send('GET', `/functions/${name}`))).toEqual([404, 'FUNCTION_NOT_FOUND']);
  });

  it('are environment variables and labels like any other, or refused', async () => {
    const own = '{"hasOwnProperty":"h","toString":"t"}';
    const code = '{"main.mjs":"export const handler = () => process.env"}';
    const head = '"runtime":"node24","handler":"main.handler"';
    expect((await deploy('members', `{${head},"env":${own},"labels":{"valueof":"v"},"files":${code}}`)).status).toBe(
      201,
    );
    expect(await server.client.show('members')).toMatchObject({
      env: JSON.parse(own) as object,
      labels: { valueof: 'v' },
    });
    expect((await server.client.invoke('members')).result).toMatchObject(JSON.parse(own) as object);
    for (const members of [
      '"env":{"__proto__":"x"}',
      '"env":{"constructor":"x"}',
      '"labels":{"__proto__":"x"}',
      '"labels":{"constructor":"x"}',
    ]) {
      expect(told(await deploy('proto', `{${head},${members},"files":${code}}`))).toEqual([400, 'INVALID_CONFIG']);
    }
  });

  it.each(['__proto__=1', '__proto__[x]=1', 'constructor=1', 'toString=1', 'hasOwnProperty=1'])(
    'as a query parameter, %s is one that there is not',
    async (query) => {
      expect(told(await send('GET', `/functions?${query}`))).toEqual([400, 'INVALID_QUERY']);
      expect(told(await send('POST', `/functions/echo/invoke?${query}`, '{"version":"v1"}'))).toEqual([
        400,
        'INVALID_QUERY',
      ]);
    },
  );
});

it('AP-22 code that two functions share stays with one when the other goes', async () => {
  const files = { 'main.mjs': 'export const handler = () => "shared"' };
  const first = await server.client.deploy('first', config, { files });
  const second = await server.client.deploy('second', config, { files });
  expect([second.outcome, second.code.sha256]).toEqual(['created', first.code.sha256]);
  await server.client.remove('first');
  expect((await server.client.invoke('second')).result).toBe('shared');
});

describe('AP-23 a body over its limit', () => {
  it.each([
    ['POST', '/functions/echo/invoke', 'EVENT_TOO_LARGE', maxEventBytes],
    ['PUT', '/functions/large', 'BODY_TOO_LARGE', maxDeployBytes],
    ['POST', '/run', 'BODY_TOO_LARGE', maxDeployBytes],
  ])('%s %s is refused by its declared length, before any of it was sent', async (method, target, code, limit) => {
    const [reply] = await sendRaw(server.url, [
      `${method} ${target} HTTP/1.1`,
      host,
      json,
      `Content-Length: ${limit + 1}`,
    ]);
    expect(told(reply ?? { status: 0, head: '', body: '' })).toEqual([413, code]);
  });

  it.each([
    ['POST', '/functions/echo/invoke', 'EVENT_TOO_LARGE', maxEventBytes],
    ['PUT', '/functions/large', 'BODY_TOO_LARGE', maxDeployBytes],
  ])(
    '%s %s that has no end is refused at the limit, and the connection closed',
    async (method, target, code, limit) => {
      const connection = new RawConnection(server.url);
      connection.write([`${method} ${target} HTTP/1.1`, host, json, 'Transfer-Encoding: chunked', '', ''].join('\r\n'));
      let sent = 0;
      let isClosed = false;
      connection.socket.once('close', () => (isClosed = true));
      const piece = `4000\r\n${' '.repeat(0x4000)}\r\n`;
      const pump = (): void => {
        while (!isClosed && sent < 100 * limit) {
          sent += 0x4000;
          if (!connection.socket.write(piece)) {
            connection.socket.once('drain', pump);
            return;
          }
        }
      };
      pump();
      const [reply] = repliesIn(await connection.received);
      // A reset may overtake the reply; then nothing but the closed connection tells.
      if (reply !== undefined) expect(told(reply)).toEqual([413, code]);
      // What the sockets' own buffers took besides.
      expect(sent).toBeLessThan(limit + 20_000_000);
    },
  );
});

describe('AP-25 a compressed body', () => {
  it.each(['gzip', 'deflate', 'br', 'zstd', 'gzip, gzip', 'x-unknown'])('%s is refused unread', async (encoding) => {
    const headers = [json, `Content-Encoding: ${encoding}`];
    expect(told(await invoke('{"version":"v1"}', headers))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    expect(told(await send('PUT', '/functions/packed', '{}', headers))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    expect(told(await send('POST', '/run', '{}', headers))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });
});

describe('AP-26 a content type', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-16',
    'application/json; charset=utf-7',
    'application/json; charset=x',
    'application/json, text/plain',
    'application/jsonx',
    'text/json',
  ])('%s is refused by all that take JSON', async (type) => {
    const headers = [`Content-Type: ${type}`];
    const refused = [415, 'UNSUPPORTED_MEDIA_TYPE'];
    expect(told(await invoke('{"version":"v1"}', headers))).toEqual(refused);
    expect(told(await send('PUT', '/functions/other', JSON.stringify({ ...config, files: echo }), headers))).toEqual(
      refused,
    );
    expect(told(await send('POST', '/run', '{}', headers))).toEqual(refused);
  });

  it('of a form is refused where no files come', async () => {
    const body = '--b\r\nContent-Disposition: form-data; name="version"\r\n\r\nv1\r\n--b--\r\n';
    expect(told(await invoke(body, ['Content-Type: multipart/form-data; boundary=b']))).toEqual([
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ]);
  });
});

describe('AP-28 text that is not UTF-8', () => {
  it.each([
    ['an overlong slash', [0xc0, 0xaf]],
    ['surrogates in CESU-8', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
    ['a byte that never occurs', [0xff]],
    ['half a character', [0xe2, 0x82]],
  ])('is refused, not replaced: %s', async (_title, bytes) => {
    const within = (before: string, after: string): Buffer =>
      Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
    expect(told(await invoke(within('{"version":"v1","event":"', '"}')))).toEqual([400, 'INVALID_JSON']);
    const document = within('{"runtime":"node24","handler":"main.handler","files":{"main.mjs":"//', '"}}');
    expect(told(await send('PUT', '/functions/other', document))).toEqual([400, 'INVALID_JSON']);
  });
});

describe('AP-29 JSON that is hard to hold', () => {
  const event = (text: string): string => `{"version":"v1","event":${text}}`;

  it.each([
    ['100,000 arrays in each other', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['100,000 objects in each other', '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)],
    ['100,000 members', `{${Array.from({ length: 60_000 }, (_, index) => `"k${index}":0`).join(',')}}`],
    ['a number of 100,000 digits', '9'.repeat(100_000)],
    ['a string of 900,000 characters', `"${'x'.repeat(900_000)}"`],
  ])('as an event is the handler’s own affair: %s', async (_title, text) => {
    const reply = await invoke(event(text));
    expect([reply.status, reply.head.includes('x-sraas-outcome')]).toEqual([200, true]);
  });

  it.each([
    [
      'as a config',
      `{"runtime":"node24","handler":"main.handler","files":{},"env":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    ],
    ['as a context', `{"version":"v1","context":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['as everything', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['never closed', '['.repeat(100_000)],
  ])('%s is refused like any other mistake', async (_title, body) => {
    const replies = [await invoke(body), await send('PUT', '/functions/deep', body), await send('POST', '/run', body)];
    expect(replies.map(({ status }) => status)).toEqual([400, 400, 400]);
  });
});

it('AP-31 members of every object’s prototype, at every level of a document, change nothing but that document', async () => {
  const text =
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":[{"__proto__":{"polluted":1}}]}';
  const reply = await invoke(`{"version":"v1","event":${text},"context":${text}}`);
  expect(reply.status).toBe(200);
  const head = '"runtime":"node24","handler":"main.handler"';
  const files = '{"main.mjs":"export const handler = () => 1"}';
  for (const document of [
    `{${head},"files":${files},"__proto__":{"polluted":1}}`,
    `{${head},"files":${files},"constructor":{"prototype":{"polluted":1}}}`,
    `{${head},"files":${files},"limits":{"__proto__":{"memory_mb":1}}}`,
    `{${head},"files":{"main.mjs":"","__proto__":{"base64":""}}}`,
  ]) {
    expect((await deploy('polluting', document)).status).toBeLessThan(500);
  }
  expect(told(await invoke('{"version":"v1","__proto__":{"event":1}}'))).toEqual([400, 'INVALID_ENVELOPE']);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

describe('AP-32 a query that is none', () => {
  it.each([
    `${'a[]=1&'.repeat(2000)}a[]=1`,
    `a${'[b]'.repeat(3000)}=1`,
    'limit=1&limit=2',
    'limit[]=1',
    'key=secret',
    'limit=1e2',
    'limit=%31%00',
  ])('%s is refused', async (query) => {
    expect(told(await send('GET', `/functions?${query}`))).toEqual([400, 'INVALID_QUERY']);
  });

  it('longer than any head may be is refused', async () => {
    expect((await send('GET', `/functions?${'a[]=1&'.repeat(100_000)}`)).status).toBe(431);
  });
});

describe('AP-35 odd ways to speak HTTP', () => {
  it('requests in a row get their replies in that order', async () => {
    const body = (event: string): string => `{"version":"v1","event":"${event}"}`;
    const request = (event: string, last = ''): string =>
      [
        'POST /functions/echo/invoke HTTP/1.1',
        host,
        json,
        `Content-Length: ${body(event).length}`,
        ...(last === '' ? [] : [last]),
        '',
        body(event),
      ].join('\r\n');
    const connection = new RawConnection(server.url);
    connection.write(request('one') + request('two') + request('three', 'Connection: close'));
    const results = repliesIn(await connection.received).map(
      ({ body: text }) => (JSON.parse(text) as { result: unknown }).result,
    );
    expect(results).toEqual(['one', 'two', 'three']);
  });

  it('a client that goes in the middle of a body leaves nothing behind', async () => {
    for (const target of ['POST /functions/echo/invoke', 'PUT /functions/cut', 'POST /run']) {
      const connection = new RawConnection(server.url);
      connection.write([`${target} HTTP/1.1`, host, json, 'Content-Length: 1000', '', '{"version"'].join('\r\n'));
      connection.socket.end();
      const [reply] = repliesIn(await connection.received);
      if (reply !== undefined) expect(reply.status).toBe(400);
    }
    expect(await server.client.invocations.running()).toEqual([]);
  });

  it.each([
    ['Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
    ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA'],
  ])('an upgrade is answered as if it had not been asked for: %s', async (...headers) => {
    const connection = new RawConnection(server.url);
    connection.write(['GET /healthz HTTP/1.1', host, 'Connection: Upgrade, close', ...headers, '', ''].join('\r\n'));
    connection.socket.end();
    const [reply] = repliesIn(await connection.received);
    expect(reply?.status).toBe(200);
  });

  it.each(['CONNECT', 'TRACE', 'OPTIONS', 'PROPFIND', 'M-SEARCH', 'QUERY'])(
    'the method %s is refused wherever it is sent to',
    async (method) => {
      for (const target of [
        '/functions',
        '/functions/echo',
        '/functions/echo/invoke',
        '/healthz',
        '/run',
        '/nowhere',
      ]) {
        const { status } = await send(method, method === 'CONNECT' ? 'localhost:80' : target, undefined, []);
        expect([method, target, [0, 400, 404, 405].includes(status)]).toEqual([method, target, true]);
      }
    },
  );

  it('HEAD is what GET would be without its body', async () => {
    for (const target of ['/functions', '/functions/echo', '/healthz', '/readyz', '/runtimes', '/invocations']) {
      const text = await new RawConnection(server.url).write(
        [`HEAD ${target} HTTP/1.1`, host, 'Connection: close', '', ''].join('\r\n'),
      ).received;
      expect(text.split('\r\n')[0]).toBe('HTTP/1.1 200 OK');
      expect(text.split('\r\n\r\n')[1]).toBe('');
    }
  });

  it('HTTP/1.0 is served, and without a Host it is not', async () => {
    const one = await sendRaw(server.url, ['GET /healthz HTTP/1.0', host]);
    expect(one.map(({ status }) => status)).toEqual([200]);
    const none = await sendRaw(server.url, ['GET /healthz HTTP/1.0']);
    expect(none.map(({ status }) => status)).toEqual([421]);
  });

  it.each(['X-HTTP-Method-Override: DELETE', 'X-HTTP-Method: DELETE', 'X-Method-Override: DELETE'])(
    'a method is not overridden by %s',
    async (header) => {
      expect((await send('GET', '/functions/echo', undefined, [header])).status).toBe(200);
      expect((await send('GET', '/functions/echo?_method=DELETE', undefined, [header])).status).toBeLessThan(500);
      expect((await server.client.show('echo')).name).toBe('echo');
    },
  );

  it('a length that is not one is refused', async () => {
    for (const lengths of [
      ['Content-Length: 5', 'Content-Length: 6'],
      ['Content-Length: 5', 'Transfer-Encoding: chunked'],
      ['Content-Length: -1'],
      ['Content-Length: 0x10'],
      ['Transfer-Encoding: chunked, identity'],
    ]) {
      const lines = ['POST /functions/echo/invoke HTTP/1.1', host, json, ...lengths];
      const replies = await sendRaw(server.url, lines, '0\r\n\r\nGET /functions HTTP/1.1\r\n\r\n');
      expect([lengths, replies.every(({ status }) => status >= 400)]).toEqual([lengths, true]);
    }
  });
});

describe('AP-37 what a client sends comes back only inside JSON', () => {
  it.each(['a%0d%0aX-Evil:%201', '%3Cscript%3Ealert(1)%3C/script%3E', 'a%00b'])('a name: %s', async (name) => {
    for (const reply of [await send('GET', `/functions/${name}`), await deploy(name, { ...config, files: echo })]) {
      expect(reply.head).not.toMatch(/evil|script/i);
      expect(reply.head).toContain('application/problem+json');
      expect(reply.body).not.toMatch(/<script|\0/);
    }
  });

  it('an id of its own is not taken over', async () => {
    const reply = await send('GET', '/healthz', undefined, ['X-Request-Id: evil-1', 'x-sraas-invocation-id: evil-2']);
    expect(reply.head).not.toContain('evil');
  });

  it('a header with a line break never reaches a handler', async () => {
    const [reply] = await sendRaw(server.url, ['GET /healthz HTTP/1.1', host, 'X-A: b\rX-Evil: 1']);
    expect(reply?.status).toBe(400);
  });
});

describe('AP-38 a path that is nearly another', () => {
  it.each([
    '//functions',
    '/functions/',
    '/Functions',
    '/functions;x',
    '/./functions',
    '/functions/../functions',
    '/functions/echo/Invoke',
    '/functions/echo//invoke',
    '/functions/echo/invoke/',
    '/functions/echo/invoke;x',
    '/functions/echo/./invoke',
    '/functions%2fecho',
    '/healthz/',
    '/healthz%00',
  ])('%s is none', async (target) => {
    expect((await send('POST', target, '{"version":"v1"}')).status).toBe(404);
    expect((await send('GET', target)).status).toBe(404);
  });

  it('%zz is malformed', async () => {
    expect(told(await send('GET', '/functions/%zz'))).toEqual([400, 'BAD_REQUEST']);
    expect(told(await send('GET', '/functions/%ff'))).toEqual([400, 'BAD_REQUEST']);
  });

  it('of 15,000 characters is judged at once', async () => {
    const begun = performance.now();
    for (const piece of ['/', 'a', '%41', '@1', ':a', '..']) {
      await send('GET', `/functions/${piece.repeat(15_000 / piece.length)}`);
      await send('GET', `/${piece.repeat(15_000 / piece.length)}/invoke`);
    }
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});

describe('browsers', () => {
  const routes: readonly Route[] = [
    ...documentedRoutes(),
    ['GET', '/functions/echo/logs?follow=true'],
    ['POST', '/functions/echo/invoke?mode=async'],
    ['GET', '/nowhere'],
  ];

  it('are tried on every route there is', () => {
    expect(routes.length).toBeGreaterThan(40);
  });

  it.each(routes)('AP-49 a name that was rebound reaches nothing: %s %s', async (method, target) => {
    const [reply] = await sendRaw(server.url, [`${method} ${target} HTTP/1.1`, 'Host: evil.example:8080', json]);
    expect(reply && told(reply)).toEqual([421, 'HOST_NOT_ALLOWED']);
  });

  it.each(routes)('AP-50 a page of another origin reaches nothing, and is told of no way: %s %s', async (...route) => {
    const [method, target] = route;
    for (const headers of [
      ['Origin: https://evil.example'],
      ['Origin: null'],
      ['Sec-Fetch-Site: cross-site'],
      ['Origin: https://evil.example', 'Access-Control-Request-Private-Network: true'],
    ]) {
      const reply = await send(method, target, undefined, headers);
      expect([headers, ...told(reply)]).toEqual([headers, 403, 'ORIGIN_NOT_ALLOWED']);
      expect(reply.head).not.toMatch(/access-control/i);
    }
    const asked = await send('OPTIONS', target, undefined, [
      'Origin: https://evil.example',
      `Access-Control-Request-Method: ${method}`,
      'Access-Control-Request-Private-Network: true',
    ]);
    expect([asked.status, /access-control/i.test(asked.head)]).toEqual([403, false]);
  });

  it('AP-53 what a function returns and prints is never more than text in JSON', async () => {
    const page = '<script>alert(1)</script><svg onload=alert(1)>';
    await server.client.deploy('page', config, {
      files: {
        'main.mjs': `export const handler = () => { console.log(${JSON.stringify(page)}); return { statusCode: 200, headers: { 'content-type': 'text/html' }, body: ${JSON.stringify(page)} }; }`,
      },
    });
    const reply = await send('POST', '/functions/page/invoke', '{"version":"v1"}');
    expect(reply.head).toMatch(/^content-type: application\/json; charset=utf-8\r?$/im);
    expect(reply.head).toMatch(/^x-content-type-options: nosniff\r?$/im);
    expect(reply.head).toMatch(/^content-security-policy: default-src 'none'; sandbox\r?$/im);
    expect(JSON.parse(reply.body)).toMatchObject({ logs: `${page}\n`, result: { body: page } });
  });
});

describe('AP-56 text that means something to a database', () => {
  it('is a description and a value like any other', async () => {
    const text = `'; DROP TABLE functions; -- " \\ % _ \u2028`;
    const reply = await deploy('quoted', { ...config, description: text, env: { A: text }, files: echo });
    expect([reply.status, JSON.parse(reply.body)]).toMatchObject([201, { description: text, env: { A: text } }]);
    expect(await server.client.show('quoted')).toMatchObject({ description: text, env: { A: text } });
  });
});
