import { describe, expect, it } from 'vitest';
import { pageChoices } from '../../../src/compat/scaas/page/page-choices.ts';
import { pageRoutes, type PageRoutesParts } from '../../../src/compat/scaas/page/page-routes.ts';
import { bareApp } from '../../../src/compat/bare-app.ts';
import { answerError } from '../../../src/compat/answer-error.ts';
import { ScaasRefusal } from '../../../src/compat/scaas/refusal.ts';
import { SraasError } from '../../../src/errors.ts';
import { parseFunctionConfig } from '../../../src/functions/function-config.ts';
import type { FunctionVersion } from '../../../src/functions/function.ts';
import { LiveLogs } from '../../../src/invocations/live-logs.ts';
import type { Reply } from '../../../src/invocations/reply.ts';
import { readPage } from '../../../src/platform/pages.ts';
import { handlerRunCommand } from '../../../src/sandboxes/run-command.ts';
import { unknownUse } from '../../../src/sandboxes/resource-account.ts';
import { projectDirectory, readDocument } from '../../support/documents.ts';
import { appParts, serveApi } from './served-api.ts';

const reply: Reply = {
  verdict: { outcome: 'ok', result: Buffer.from('12345678901234567890'), error: undefined, exitCode: undefined },
  ...{
    logs: 'one\n',
    logsTruncated: false,
    durationMs: 3.6,
    invocationId: 'i',
    functionName: 'run',
    functionVersion: 1,
  },
  ...{ coldStart: true, queueMs: 0, initMs: 0, use: unknownUse },
};

interface Seen {
  readonly config: unknown;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly envelope: string;
}

type Behaviour = (say: (text: string) => void, begin: () => void) => Promise<Reply>;

const ordinary: Behaviour = (say, begin) => {
  begin();
  say('one\n');
  return Promise.resolve(reply);
};

/** The page over handlers that only do what a test says. */
async function stand(behaviour: Behaviour = ordinary) {
  const seen: Seen[] = [];
  const liveLogs = new LiveLogs({ clock: () => new Date(), bufferBytes: 2000 });
  const runOnce: PageRoutesParts['runOnce'] = {
    run: async (config, files, { envelope, invocationId, onBegun }, functionId) => {
      if (functionId === undefined) throw new Error('Nobody could follow this run');
      const read = [];
      for await (const { path, content } of files) {
        let text = '';
        for await (const piece of content) text += Buffer.from(piece).toString();
        read.push({ path, text });
      }
      seen.push({ config, files: read, envelope: envelope.toString() });
      const version = { functionId, number: 1, config: { limits: { logBytes: 1000 } } } as FunctionVersion;
      let narration: ReturnType<LiveLogs['narrate']>;
      const ended = await behaviour(
        (text) => narration?.onOutput(Buffer.from(text)),
        () => {
          onBegun?.();
          narration = liveLogs.narrate(version, invocationId);
        },
      );
      narration?.ended(ended);
      return ended;
    },
  };
  const parts: PageRoutesParts = {
    ...appParts,
    runOnce,
    liveLogs,
    page: readPage(projectDirectory, 'scaas'),
    choices: () => Promise.resolve(pageChoices([{ name: 'node24', language: 'node', ready: true }], appParts.policy)),
    checkConfig: (config) => parseFunctionConfig(config, appParts.policy),
    commandOf: ({ limits }) => `docker run --cpus ${limits.cpus}`,
    requireRoom: () => Promise.resolve(),
    maxDeployBytes: 100_000,
    maxEventBytes: 1000,
  };
  const app = bareApp({ ...appParts, hasPages: true });
  app.use(pageRoutes(parts));
  app.use(
    answerError<ScaasRefusal>(
      parts,
      (response, error) => {
        const status = error instanceof ScaasRefusal ? error.status : error.kind.status;
        response.status(status).json({ detail: error instanceof ScaasRefusal ? error.detail : error.message });
      },
      (error) => error instanceof ScaasRefusal,
    ),
  );
  const url = await serveApi(app);
  const run = (wish: object, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}/page/run`, { method: 'POST', headers, body: JSON.stringify({ ...usual, ...wish }) });
  return { url, run, seen, liveLogs };
}

const usual = {
  ...{ runtime: 'python3.13', language: 'python', handler: 'main.handler', code: 'code' },
  input: '{"version": "v1", "event": 1.0}',
};

async function eventsOf(answer: Response): Promise<readonly (readonly [string, Record<string, unknown>])[]> {
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  const blocks = (await answer.text()).split('\n\n').filter((block) => block !== '');
  return blocks.map((block) => {
    const [, name = ''] = /^event: (.*)$/m.exec(block) ?? [];
    const [, data = ''] = /^data: (.*)$/m.exec(block) ?? [];
    return [name, JSON.parse(data) as Record<string, unknown>];
  });
}

describe('the page of SRaaS’s service', () => {
  it('S24: takes handler, code, input and limits, and loads nothing from elsewhere', async () => {
    const { url } = await stand();
    const answer = await fetch(url);
    const text = await answer.text();
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    for (const name of ['runtime', 'handler', 'code', 'input', 'cpus', 'memory_mb', 'pids', 'timeout_ms', 'network']) {
      expect(text, name).toContain(`name="${name}"`);
    }
    const loaded = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(loaded).toEqual(['page.css', 'editor.js', 'run.js']);
    for (const path of loaded) expect((await fetch(`${url}/${path}`)).status, path).toBe(200);
    const script = readDocument('pages/scaas/run.js');
    expect(script).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|\beval\b/);
  });

  it('offers the runtimes there are, and limits no higher than the operator allows', () => {
    const policy = { ...appParts.policy, maxMemoryMb: 128, maxCpus: 8 };
    expect(pageChoices([{ name: 'node24', language: 'node', ready: false }], policy)).toEqual({
      runtimes: [{ name: 'node24', language: 'node', ready: false }],
      limits: { cpus: 0.5, memory_mb: 128, pids: 64, timeout_ms: 10_000 },
      most: { cpus: 8, memory_mb: 128, pids: 1024, timeout_ms: 900_000 },
      network: false,
    });
  });

  it('takes requests of its own, and of no other page', async () => {
    const { run, url, seen } = await stand();
    expect((await run({}, { origin: url })).status).toBe(200);
    for (const origin of ['http://evil.example', 'null']) expect((await run({}, { origin })).status, origin).toBe(403);
    expect(seen).toHaveLength(1);
  });
});

describe('POST /page/run', () => {
  it('S24: runs the code once, and tells what it may use, what it writes, and how it ended', async () => {
    const { run, seen, liveLogs } = await stand();
    const limits = { cpus: 0.25, memory_mb: 64, pids: 32, timeout_ms: 500 };
    const events = await eventsOf(await run({ limits, network: 'none' }));
    expect(events).toMatchObject([
      ['started', { limits: { ...limits, tmp_mb: 64, network: 'none' }, command: 'docker run --cpus 0.25' }],
      ['log', { text: 'one\n' }],
      ['ended', { outcome: 'ok', result: '12345678901234567890', error: null, exit_code: null, duration_ms: 3.6 }],
    ]);
    expect(seen).toEqual([
      {
        config: { runtime: 'python3.13', handler: 'main.handler', network: 'none', limits },
        files: [{ path: 'main.py', text: 'code' }],
        // As it was written: what a number means is for the handler's own parser.
        envelope: usual.input,
      },
    ]);
    expect(liveLogs.followerCount).toBe(0);
  });

  it('S24: tells what is written while the handler runs', async () => {
    let end: () => void = () => undefined;
    const { run } = await stand(async (say, begin) => {
      begin();
      say('before the end\n');
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return reply;
    });
    const reader = (await run({})).body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('before the end')) text += (await reader?.read())?.value ?? '';
    expect(text).not.toContain('event: ended');
    end();
    for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) text += next.value;
    expect(text).toContain('event: ended');
  });

  it('comes to an end also where more is written than its reader takes', async () => {
    const { run } = await stand((say, begin) => {
      begin();
      for (let time = 0; time < 100; time++) say('0123456789');
      return Promise.resolve(reply);
    });
    const names = (await eventsOf(await run({}))).map(([name]) => name);
    expect([names[0], names.includes('dropped'), names.at(-1)]).toEqual(['started', true, 'ended']);
  });

  it.each([
    ['javascript', 'src/app.handler', 'src/app.js'],
    ['typescript', 'pkg.mod.fn', 'pkg.mod.ts'],
  ])('puts %s into the file that the handler names', async (language, handler, path) => {
    const { run, seen } = await stand();
    await eventsOf(await run({ language, handler }));
    expect(seen).toMatchObject([{ files: [{ path }] }]);
  });

  it('S8: tells of an exit code and an error', async () => {
    const verdict = { outcome: 'exited', result: undefined, error: 'It ended.', exitCode: 3 } as const;
    const { run } = await stand((_say, begin) => {
      begin();
      return Promise.resolve({ ...reply, verdict });
    });
    expect((await eventsOf(await run({}))).at(-1)).toMatchObject([
      'ended',
      { outcome: 'exited', result: null, error: 'It ended.', exit_code: 3 },
    ]);
  });

  it.each([
    ['no handler', { handler: ' ' }, 400, 'Handler path is required (e.g. main.handler)'],
    ['a handler without a dot', { handler: 'main' }, 400, 'Handler must be in module.function format'],
    ['code that is no text', { code: 1 }, 400, 'code must be text.'],
    ['another language', { language: 'perl' }, 400, 'language must be one of python, javascript, typescript.'],
    ['malformed input', { input: '{' }, 400, 'not valid JSON'],
    ['input of another version', { input: '{"version":"v2"}' }, 400, 'Unsupported or missing version'],
    ['too much input', { input: ' '.repeat(1001) }, 413, 'The input JSON has 1001 bytes; 1000 are allowed.'],
    ['limits beyond what is allowed', { limits: { memory_mb: 1 } }, 400, 'memory_mb'],
    ['a network where there is none', { network: 'egress' }, 403, 'does not allow functions a network'],
  ])('refuses %s before anything runs', async (_what, wish, status, detail) => {
    const { run, seen, liveLogs } = await stand();
    const answer = await run(wish);
    expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([
      status,
      expect.stringContaining(detail),
    ]);
    expect([seen, liveLogs.followerCount]).toEqual([[], 0]);
  });

  it('says in its answer why nothing could begin, and at its end what was lost later', async () => {
    const full = await stand(() => Promise.reject(new SraasError('QUEUE_FULL', 'Too many.', { retryAfterSeconds: 3 })));
    const answer = await full.run({});
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([
      429,
      '3',
      { detail: 'Too many.' },
    ]);
    const lost = await stand((_say, begin) => {
      begin();
      return Promise.reject(new SraasError('ENGINE_UNAVAILABLE', 'The engine has gone.'));
    });
    expect((await eventsOf(await lost.run({}))).at(-1)).toEqual(['error', { detail: 'The engine has gone.' }]);
    expect([full.liveLogs.followerCount, lost.liveLogs.followerCount]).toEqual([0, 0]);
  });
});

describe('the docker command of a run', () => {
  it('has the walls that the engine is asked for, and names nothing of this host', () => {
    const runtime = { name: 'python3.13', language: 'python', interpreter: '/usr/bin/python3' } as const;
    const limits = { cpus: 0.5, memoryMb: 256, pids: 64, tmpMb: 64 };
    const command = handlerRunCommand({ runtime, limits, network: 'none', engineRuntime: 'runsc' });
    const flags = ['--cpus 0.5', '--memory 268435456', '--memory-swap 268435456', '--pids-limit 64', '--cap-drop ALL'];
    for (const flag of [
      ...flags,
      '--read-only',
      '--network none',
      '--runtime runsc',
      'noexec,nosuid,nodev,size=67108864',
    ]) {
      expect(command).toContain(flag);
    }
    expect(command).toContain('--security-opt no-new-privileges');
    expect(command).not.toContain(projectDirectory);
    expect(handlerRunCommand({ runtime, limits, network: 'egress', engineRuntime: '' })).toContain(
      '--network FILTERED',
    );
  });
});
