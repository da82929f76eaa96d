import type { Cancellation } from '../../../src/cancellation.ts';
import { describe, expect, it } from 'vitest';
import type { ArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { defaultArtifactLimits } from '../../../src/artifacts/upload.ts';
import { SraasError } from '../../../src/errors.ts';
import { defaultFunctionPolicy } from '../../../src/functions/function-policy.ts';
import { identify } from '../../../src/http/request-id.ts';
import { runRoutes, type RunRoutesParts } from '../../../src/http/routes/run.ts';
import { builtInLanguages } from '../../../src/languages/built-in.ts';
import { LanguageTable } from '../../../src/languages/language-table.ts';
import type { ProgramRequest, ProgramResult } from '../../../src/programs/program.ts';
import { unknownUse } from '../../../src/sandboxes/resource-account.ts';
import { readEvents } from '../../../src/client/event-stream.ts';
import { temporaryStore } from '../../support/archives/temporary-store.ts';
import { serve } from './served-app.ts';

type Run = (request: ProgramRequest) => Promise<ProgramResult>;

const runtimes = new Map([
  ['node24', { language: 'node' }],
  ['python3.13', { language: 'python' }],
  ['python3.11', { language: 'python' }],
  ['perl', { language: undefined }],
] as const);

function resultOf(stdout = '', members: Partial<ProgramResult> = {}): ProgramResult {
  return {
    ended: 'exited',
    exitCode: 0,
    signal: undefined,
    stdout: { bytes: Buffer.from(stdout), isCut: false },
    stderr: { bytes: Buffer.from(''), isCut: false },
    durationMs: 12.3456,
    use: unknownUse,
    ...members,
  };
}

/** The route in front of a stand-in that says of a program what the test says: what no container does on demand. */
async function routeOn(run: Run, artifacts?: Pick<ArtifactStore, 'receive'>): Promise<string> {
  const unused = (): never => {
    throw new Error('not of this test');
  };
  const parts = {
    artifacts: artifacts ?? { receive: unused },
    artifactLimits: defaultArtifactLimits,
    diskSpace: { requireRoomFor: () => Promise.resolve() },
    keyed: { carryOut: unused },
    maxDeployBytes: 1_000_000,
    maxEventBytes: 1_000_000,
    runOnce: { run: unused },
    programs: { run },
    languages: new LanguageTable(builtInLanguages),
    runtimes: {
      find: (name: string) => runtimes.get(name as 'perl'),
      list: () => [...runtimes.keys()].map((name) => ({ name })),
    },
    policy: defaultFunctionPolicy,
    explain: () => undefined,
    onFailure: () => undefined,
  } as unknown as RunRoutesParts;
  return `${(await serve(identify, runRoutes(parts))).url}/run`;
}

const post = (url: string, document: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(document),
  });

async function textsOf(files: ProgramRequest['files']): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for await (const { path, content } of files) {
    const pieces: Uint8Array[] = [];
    for await (const piece of content) pieces.push(piece);
    texts[path] = Buffer.concat(pieces).toString();
  }
  return texts;
}

/** What the route has run for a document, with its files as text. */
async function wantedBy(document: object): Promise<unknown> {
  let wanted: ProgramRequest | undefined;
  const url = await routeOn((request) => {
    wanted = request;
    return Promise.resolve(resultOf());
  });
  const response = await post(url, document);
  expect([response.status, response.status === 200 ? '' : await response.text()]).toEqual([200, '']);
  return { ...wanted, files: await textsOf(wanted?.files ?? []), stdin: Buffer.from(wanted?.stdin ?? []).toString() };
}

describe('a program that is posted', () => {
  it('is run as its language says, with all that it is given', async () => {
    const document = {
      runtime: 'python',
      code: 'print(1)',
      args: ['a b', ''],
      stdin: 'in é',
      env: { A: 'b' },
      limits: { timeout_ms: 500, memory_mb: 64 },
    };
    expect(await wantedBy(document)).toMatchObject({
      runtime: 'python3.13',
      command: ['python3', '-u', 'main.py'],
      arguments: ['a b', ''],
      files: { 'main.py': 'print(1)' },
      stdin: 'in é',
      environment: { A: 'b' },
      limits: { timeoutMs: 500, memoryMb: 64, cpus: 0.5 },
      network: 'none',
    });
  });

  it.each([
    [
      'code on a built-in runtime, in the language of that',
      { runtime: 'python3.11', code: 'x' },
      { runtime: 'python3.11', command: ['python3', '-u', 'main.py'], files: { 'main.py': 'x' } },
    ],
    [
      'code with a command of its own',
      { runtime: 'sh', code: 'x', command: ['sh', '-x', 'main.sh'], args: ['a'] },
      { runtime: 'node24', command: ['sh', '-x', 'main.sh'], arguments: ['a'], files: { 'main.sh': 'x' } },
    ],
    [
      'files with the main one of a language',
      { runtime: 'python', files: { 'main.py': 'x', 'lib/a.py': { base64: 'eQ==' } } },
      { command: ['python3', '-u', 'main.py'], files: { 'main.py': 'x', 'lib/a.py': 'y' } },
    ],
    [
      'files with a command',
      { runtime: 'python3.13', files: { 'a.py': 'x' }, command: ['python3', 'a.py'] },
      { runtime: 'python3.13', command: ['python3', 'a.py'], files: { 'a.py': 'x' } },
    ],
    ['a command alone', { runtime: 'node24', command: ['ls'] }, { runtime: 'node24', command: ['ls'], files: {} }],
    [
      'the image’s own program',
      { runtime: 'perl', stdin: 'x' },
      { runtime: 'perl', command: [], files: {}, stdin: 'x' },
    ],
    ['bytes on its input', { runtime: 'perl', stdin_base64: 'AGE=' }, { stdin: '\0a' }],
    [
      'an expression',
      { runtime: 'js', code: '1', inline: true },
      { files: { 'main.js': expect.stringContaining('async') as string } },
    ],
  ])('may be %s', async (_what, document, expected) => {
    expect(await wantedBy(document)).toMatchObject(expected);
  });

  it('may come as a form, with its files as parts', async () => {
    await using temporary = await temporaryStore();
    let files: Readonly<Record<string, string>> = {};
    const url = await routeOn(async (request) => {
      files = await textsOf(request.files);
      return resultOf(request.command.join(' '));
    }, temporary.store);
    const form = new FormData();
    form.append('config', JSON.stringify({ runtime: 'python', args: ['a'] }));
    form.append('file', new Blob(['print(1)']), 'main.py');
    const response = await fetch(url, { method: 'POST', body: form });
    expect(await response.json()).toMatchObject({ stdout: 'python3 -u main.py' });
    expect(files).toEqual({ 'main.py': 'print(1)' });
  });

  it('is answered with what it wrote and how it ended', async () => {
    const url = await routeOn(() =>
      Promise.resolve(
        resultOf('out\n', {
          exitCode: 3,
          stderr: { bytes: Buffer.from([0x61, 0xff]), isCut: false },
          use: { maxMemoryBytes: 5_000_000, cpuMs: 1.23456 },
        }),
      ),
    );
    const response = await post(url, { runtime: 'python', code: 'x' });
    const document = (await response.json()) as { readonly invocation: { readonly id: string } };
    expect([response.status, response.headers.get('x-sraas-outcome')]).toEqual([200, 'exited']);
    expect(response.headers.get('x-sraas-invocation-id')).toBe(document.invocation.id);
    expect(document).toEqual({
      invocation: { id: response.headers.get('x-request-id'), outcome: 'exited' },
      stdout: 'out\n',
      stderr: 'a\ufffd',
      stdout_truncated: false,
      stderr_truncated: false,
      exit_code: 3,
      signal: null,
      timed_out: false,
      out_of_memory: false,
      duration_ms: 12.346,
      max_memory_bytes: 5_000_000,
      cpu_ms: 1.235,
    });
  });

  it.each([
    [
      { ended: 'timeout', exitCode: undefined },
      { timed_out: true, exit_code: null, invocation: { outcome: 'timeout' } },
    ],
    [
      { ended: 'out_of_memory', exitCode: undefined, signal: 'SIGKILL' },
      { out_of_memory: true, signal: 'SIGKILL' },
    ],
    [
      { exitCode: undefined, signal: 'SIGSEGV' },
      { signal: 'SIGSEGV', invocation: { outcome: 'exited' } },
    ],
    [{ stdout: { bytes: Buffer.from('é').subarray(0, 1), isCut: true } }, { stdout: '', stdout_truncated: true }],
  ] as const)('that ended as %j is told of so', async (members, expected) => {
    const url = await routeOn(() => Promise.resolve(resultOf('', members)));
    expect(await (await post(url, { runtime: 'python', code: 'x' })).json()).toMatchObject(expected);
  });

  it('is answered in base64 where that was asked for', async () => {
    const url = await routeOn(() => Promise.resolve(resultOf('\0a')));
    const response = await post(url, { runtime: 'python', code: 'x', output: 'base64' });
    expect(await response.json()).toMatchObject({ stdout: 'AGE=', stderr: '' });
  });

  it.each([
    ['INVOCATION_CANCELLED', 409],
    ['DRAINING', 503],
  ] as const)('that was cancelled is the error %s', async (code, status) => {
    const result = resultOf('', { ended: 'cancelled', cancelledBecause: new SraasError(code, 'No.') });
    const response = await post(await routeOn(() => Promise.resolve(result)), { runtime: 'python', code: 'x' });
    expect([response.status, response.headers.get('x-sraas-outcome')]).toEqual([status, 'not_run']);
    expect(await response.json()).toMatchObject({ code });
  });

  it.each([
    [{ code: 'x' }, ['/runtime']],
    [{ runtime: 'python', code: 1 }, ['/code']],
    [{ runtime: 'python', code: 'x', args: 'a' }, ['/args']],
    [{ runtime: 'python', code: 'x', args: ['a', 1, 'b\0'] }, ['/args/1', '/args/2']],
    [{ runtime: 'python', command: [] }, ['/command']],
    [{ runtime: 'python', command: [''] }, ['/command/0']],
    [{ runtime: 'python', code: 'x', stdin: 'a', stdin_base64: 'YQ==' }, ['/stdin_base64']],
    [{ runtime: 'python', code: 'x', stdin_base64: 'a' }, ['/stdin_base64']],
    [{ runtime: 'python', code: 'x', output: 'hex' }, ['/output']],
    [{ runtime: 'python', code: 'x', files: { a: '' } }, ['/code']],
    [{ runtime: 'python', args: [], inline: true }, ['/inline']],
    [{ runtime: 'python', code: 'x', secrets: {} }, ['/secrets']],
    [{ runtime: 'python', code: 'x', env: { PATH: '/' }, limits: { cpus: 99 } }, ['/limits/cpus', '/env/PATH']],
    [{ runtime: 'python', files: { 'other.py': '' } }, ['/files']],
    [{ runtime: 'python', args: [] }, ['/code']],
    [{ runtime: 'perl', code: 'x' }, ['/code']],
  ])('%j is refused with all that is wrong', async (document, pointers) => {
    const url = await routeOn(() => Promise.reject(new Error('must not run')));
    const response = await post(url, document);
    const problem = (await response.json()) as { code: string; errors: readonly { pointer: string }[] };
    expect([response.status, problem.code]).toEqual([400, 'INVALID_CONFIG']);
    expect(problem.errors.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it.each([
    [{ runtime: 'python', code: 'x', network: 'egress' }, 403, 'NETWORK_NOT_ALLOWED'],
    [{ runtime: 'python', code: 'x', inline: true }, 400, 'BAD_REQUEST'],
    [{ runtime: 'python', files: { '../a': '' } }, 400, 'INVALID_ARTIFACT'],
    [{ runtime: 'python' }, 400, 'INVALID_ARTIFACT'],
  ])('%j is refused with %i %s', async (document, status, code) => {
    const url = await routeOn(() => Promise.reject(new Error('must not run')));
    const response = await post(url, document);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code]);
  });
});

it('in a language that there is not is told what there is', async () => {
  const url = await routeOn(() => Promise.reject(new Error('must not run')));
  const response = await post(url, { runtime: 'cobol', code: 'x' });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    code: 'RUNTIME_NOT_FOUND',
    detail: expect.stringMatching(
      /^There is no such language or runtime: choose one of .*python3.*, node24/,
    ) as unknown,
  });
});

describe('a program that is followed', () => {
  const events = { accept: 'text/event-stream' };
  const told = async (response: Response): Promise<readonly unknown[]> => {
    const heard: unknown[] = [];
    for await (const { name, data } of readEvents(response.body ?? new ReadableStream())) {
      heard.push([name, JSON.parse(data)]);
    }
    return heard;
  };

  it('is told of while it runs, and last how it ended', async () => {
    const url = await routeOn(({ onStarted, onStdout, onStderr }) => {
      onStarted?.();
      onStdout?.(Buffer.from('é').subarray(0, 1));
      onStdout?.(Buffer.from('é').subarray(1));
      onStderr?.(Buffer.from('err'));
      return Promise.resolve(resultOf('é', { exitCode: 1 }));
    });
    const response = await post(url, { runtime: 'python', code: 'x' }, events);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const id = response.headers.get('x-request-id');
    expect(await told(response)).toEqual([
      ['started', { id }],
      ['stdout', { text: 'é' }],
      ['stderr', { text: 'err' }],
      ['ended', expect.objectContaining({ invocation: { id, outcome: 'exited' }, exit_code: 1 }) as unknown],
    ]);
  });

  it('is an ordinary error before it begins, and an event after that', async () => {
    const full = new SraasError('QUEUE_FULL', 'Too many.', { retryAfterSeconds: 3 });
    const early = await post(await routeOn(() => Promise.reject(full)), { runtime: 'python', code: 'x' }, events);
    expect([early.status, early.headers.get('content-type')]).toEqual([429, 'application/problem+json']);
    const url = await routeOn(({ onStarted }) => {
      onStarted?.();
      return Promise.reject(new SraasError('ENGINE_UNAVAILABLE', 'Gone.'));
    });
    const late = await post(url, { runtime: 'python', code: 'x' }, events);
    expect(await told(late)).toEqual([
      ['started', expect.anything()],
      ['error', expect.objectContaining({ code: 'ENGINE_UNAVAILABLE', status: 503 }) as unknown],
    ]);
  });

  it('is cancelled when its client leaves', async () => {
    let leave: () => void = () => undefined;
    const left = new Promise<Cancellation>((resolve) => {
      void routeOn(({ signal, onStarted }) => {
        onStarted?.();
        return new Promise((ended) => {
          signal.addEventListener('abort', () => {
            resolve(signal);
            ended(resultOf('', { ended: 'cancelled' }));
          });
        });
      }).then(async (url) => {
        const client = new AbortController();
        const headers = { 'content-type': 'application/json', ...events };
        const body = JSON.stringify({ runtime: 'python', code: 'x' });
        await fetch(url, { method: 'POST', headers, body, signal: client.signal });
        leave = () => {
          client.abort();
        };
        leave();
      });
    });
    expect((await left).reason).toMatchObject({ code: 'INVOCATION_CANCELLED' });
  });

  it('takes no idempotency key', async () => {
    const url = await routeOn(() => Promise.reject(new Error('must not run')));
    const response = await post(url, { runtime: 'python', code: 'x' }, { ...events, 'idempotency-key': 'k' });
    expect(await response.json()).toMatchObject({ code: 'INVALID_IDEMPOTENCY_KEY' });
  });
});
