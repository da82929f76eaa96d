import { describe, expect, it } from 'vitest';
import { sendRaw } from '../../support/raw-http.ts';
import { ended, endless } from './pretended-programs.ts';
import { serveRanna } from './ranna-stand.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly document: unknown;
}

async function ask(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await fetch(`${url}/v1/exec`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: text,
  });
  return { status: reply.status, headers: reply.headers, document: await reply.json() };
}

const order = { language: 'python3', code: 'print(1)' };
const refusal = (code: number, error: string): object => ({ status: code, document: { error, code } });

describe('GET /v1/spec', () => {
  it('lists every language by name with what it is made of, and aliases by what they lead to', async () => {
    const { url } = await serveRanna();
    const reply = await fetch(`${url}/v1/spec`);
    expect(reply.headers.get('content-type')).toBe('application/json');
    const specs = (await reply.json()) as Record<string, unknown>;
    expect(Object.keys(specs)).toEqual(['cpp', 'go', 'golang', 'own', 'py', 'python', 'python3']);
    expect(specs).toEqual({
      cpp: {
        image: 'gcc',
        entrypoint: 'sh',
        cmd: '-c "g++ main.cpp && ./a.out"',
        filename: 'main.cpp',
        language: 'cpp',
      },
      go: { use: 'golang' },
      golang: {
        image: 'golang:latest',
        entrypoint: 'go run "two words"',
        filename: 'main.go',
        language: 'go',
        inline: { import_regex: '(?m)^\\s*import .+$', template: '$${IMPORTS}\nfunc main() {\n$${CODE}\n}\n' },
      },
      own: { image: 'own-image', filename: 'code.txt' },
      py: { use: 'python3' },
      python: { use: 'python3' },
      python3: {
        image: 'python3.13',
        entrypoint: 'python3 -u',
        filename: 'main.py',
        language: 'python',
        example: "print('Hello')\n",
      },
    });
  });
});

describe('POST /v1/exec', () => {
  it('answers with both streams, the whole time, and what ranna does not tell', async () => {
    const { programs, url } = await serveRanna();
    programs.behaviour = () =>
      ended({ stdout: 'out\u00e9', stderr: 'err', use: { maxMemoryBytes: 1000, cpuMs: 5.500000000000002 } });
    const { status, headers, document } = await ask(url, order);
    expect([status, headers.get('content-type'), headers.get('server')]).toEqual([200, 'application/json', 'ranna']);
    expect(document).toEqual({
      stdout: 'out\u00e9',
      stderr: 'err',
      exectimems: expect.any(Number) as number,
      exit_code: 0,
      signal: null,
      out_of_memory: false,
      max_memory_bytes: 1000,
      cpu_ms: 5.5,
    });
    expect(Number.isInteger((document as { exectimems: number }).exectimems)).toBe(true);
  });

  it('runs the code in its language, with ranna’s time limit, no network and the limits of a sandbox', async () => {
    const { programs, url } = await serveRanna();
    await ask(url, order);
    expect(programs.only).toMatchObject({
      runtime: 'python3.13',
      command: ['python3', '-u', 'main.py'],
      files: [{ path: 'main.py', text: 'print(1)' }],
      arguments: [],
      environment: {},
      network: 'none',
      limits: { cpus: 0.5, memoryMb: 256, pids: 64, timeoutMs: 20_000, resultBytes: 1000, logBytes: 1000 },
    });
  });

  it('hands arguments and environment on as they are, and takes null for none', async () => {
    const { programs, url } = await serveRanna();
    await ask(url, { ...order, arguments: ['a b', '"c"', ''], environment: { NAME: 'v "x"' } });
    await ask(url, { ...order, arguments: null, environment: null, inline_expression: null });
    expect(programs.seen.map(({ arguments: given }) => given)).toEqual([['a b', '"c"', ''], []]);
    expect(programs.seen.map(({ environment }) => environment)).toEqual([{ NAME: 'v "x"' }, {}]);
  });

  it('runs an alias', async () => {
    const { programs, url } = await serveRanna();
    await ask(url, { ...order, language: 'py' });
    expect(programs.only.runtime).toBe('python3.13');
  });

  it('wraps an expression where the language has a template', async () => {
    const { programs, url } = await serveRanna();
    expect((await ask(url, { language: 'go', code: '1', inline_expression: true })).status).toBe(200);
    expect(programs.only.files).toMatchObject([{ text: '\nfunc main() {\n1\n}\n' }]);
    expect(await ask(url, { ...order, inline_expression: true })).toMatchObject(
      refusal(400, 'this spec has no support for inline expressions'),
    );
  });

  it.each([
    ['an exit code', { exitCode: 1 }, { exit_code: 1 }],
    ['a signal', { exitCode: undefined, signal: 'SIGSEGV' }, { exit_code: null, signal: 'SIGSEGV' }],
    ['want of memory', { ended: 'out_of_memory', exitCode: undefined }, { out_of_memory: true }],
  ] as const)('answers a program that ended by %s like any other', async (_how, end, members) => {
    const { programs, url } = await serveRanna();
    programs.behaviour = () => ended({ stderr: 'why', ...end });
    expect(await ask(url, order)).toMatchObject({ status: 200, document: { stderr: 'why', ...members } });
  });

  it.each([
    ['empty code', { ...order, code: '' }, 'code is empty'],
    ['no code', { language: 'python3' }, 'code is empty'],
    ['an unknown language', { ...order, language: 'klingon' }, 'unsupported language spec'],
    ['no language', { code: 'x' }, 'unsupported language spec'],
    ['a code that is no text', { ...order, code: 5 }, 'code must be a string'],
    ['arguments that are no list of texts', { ...order, arguments: [1] }, 'arguments must be a list of strings'],
    [
      'an environment that is no map of texts',
      { ...order, environment: { A: 1 } },
      'environment must be an object of strings',
    ],
    ['a list', [], 'the request must be an object'],
  ])('refuses %s with 400', async (_what, body, error) => {
    const { programs, url } = await serveRanna();
    expect(await ask(url, body)).toMatchObject(refusal(400, error));
    expect(programs.seen).toEqual([]);
  });

  it('refuses a variable that would change how a program starts', async () => {
    const { url } = await serveRanna();
    const { status, document } = await ask(url, { ...order, environment: { LD_PRELOAD: 'x' } });
    expect([status, document]).toEqual([
      400,
      { error: 'environment/LD_PRELOAD has a name that is reserved; choose another', code: 400 },
    ]);
  });

  it('refuses malformed JSON with 400, another content type with 422, and more than 4 MiB with 413', async () => {
    const { url } = await serveRanna();
    expect(await ask(url, '{')).toMatchObject({ status: 400, document: { code: 400 } });
    const plain = { 'content-type': 'text/plain' };
    expect(await ask(url, order, plain)).toMatchObject(refusal(422, 'Unprocessable Entity'));
    const large = { ...order, code: 'x'.repeat(4 * 1024 * 1024) };
    expect(await ask(url, large)).toMatchObject({ status: 413, document: { code: 413 } });
  });

  const fields: [string, string][] = [
    ['language', 'py'],
    ['code', 'print("1&2")'],
    ['arguments', 'a'],
    ['arguments', 'b=c'],
  ];
  const multipart = new FormData();
  for (const [name, value] of fields) multipart.append(name, value);
  it.each([
    ['URL encoded', new URLSearchParams(fields)],
    ['multipart', multipart],
  ])('takes a form as well: %s', async (_what, body) => {
    const { url, programs } = await serveRanna();
    expect((await fetch(`${url}/v1/exec`, { method: 'POST', body })).status).toBe(200);
    expect(programs.only).toMatchObject({ arguments: ['a', 'b=c'], files: [{ text: 'print("1&2")' }] });
  });

  it('refuses a form of more parts than it reads', async () => {
    const { url, programs } = await serveRanna();
    const body = new FormData();
    for (let count = 0; count <= 100; count++) body.append('arguments', 'a');
    expect((await fetch(`${url}/v1/exec`, { method: 'POST', body })).status).toBe(400);
    expect(programs.seen).toEqual([]);
  });

  it('says that the time limit was reached', async () => {
    const { programs, url } = await serveRanna();
    programs.behaviour = () => ended({ ended: 'timeout', stdout: 'partial' });
    expect(await ask(url, order)).toMatchObject(refusal(400, 'code execution timed out'));
  });

  it('ends a program that writes more than it may, and says so', async () => {
    const { programs, url } = await serveRanna();
    programs.behaviour = (seen) => {
      const end = endless(seen);
      seen.onStdout?.(Buffer.alloc(600));
      expect(seen.signal.aborted).toBe(false);
      seen.onStderr?.(Buffer.alloc(401));
      return end;
    };
    expect(await ask(url, order)).toMatchObject(refusal(400, 'output len exceeded'));
  });

  it('says that output was cut, however that came', async () => {
    const { programs, url } = await serveRanna();
    programs.behaviour = () => ({ ...ended(), stderr: { bytes: Buffer.from('a'), isCut: true } });
    expect(await ask(url, order)).toMatchObject(refusal(400, 'output len exceeded'));
  });

  it('puts the replacement character in the place of bytes that are no text', async () => {
    const { programs, url } = await serveRanna();
    programs.behaviour = () => ended({ stdout: new Uint8Array([0x61, 0xff]) });
    expect((await ask(url, order)).document).toMatchObject({ stdout: 'a\ufffd' });
  });
});

describe('GET /v1/info', () => {
  it('tells versions and the sandbox', async () => {
    const { url } = await serveRanna();
    expect(await (await fetch(`${url}/v1/info`)).json()).toEqual({
      version: 'v1.2.3',
      builddate: '2026-01-02T03:04:05.000Z',
      go_version: `node ${process.version}`,
      sandbox: { type: 'docker', version: '20.10.0' },
    });
  });
});

describe('every error', () => {
  it.each([
    ['GET', '/v1/foo', 404, 'Cannot GET /v1/foo'],
    ['DELETE', '/v1/exec', 405, 'Method Not Allowed'],
    ['POST', '/v1/spec', 405, 'Method Not Allowed'],
    ['GET', '/v1/ws', 426, 'Upgrade Required'],
  ])('%s %s is %s as JSON with its length', async (method, path, status, error) => {
    const { url } = await serveRanna();
    const reply = await fetch(url + path, { method });
    const text = await reply.text();
    expect(reply.status).toBe(status);
    expect(JSON.parse(text)).toEqual({ error, code: status });
    expect(reply.headers.get('content-type')).toBe('application/json');
    expect(reply.headers.get('content-length')).toBe(String(text.length));
  });

  it('is told to foreign names and pages too, before anything is looked at', async () => {
    const { url } = await serveRanna();
    const [foreign] = await sendRaw(url, ['GET /v1/spec HTTP/1.1', 'Host: evil.example']);
    expect([foreign?.status, JSON.parse(foreign?.body ?? '')]).toMatchObject([421, { code: 421 }]);
    const page = { ...{ 'content-type': 'application/json' }, origin: 'http://evil.example' };
    expect(await ask(url, order, page)).toMatchObject({ status: 403, document: { code: 403 } });
  });
});

it('answers OPTIONS with 200', async () => {
  const { url } = await serveRanna();
  const reply = await fetch(`${url}/v1/exec`, { method: 'OPTIONS' });
  expect([reply.status, await reply.text()]).toEqual([200, 'OK']);
});
