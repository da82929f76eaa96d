import { describe, expect, it } from 'vitest';
import type { Adapters } from '../../../src/cli/adapters.ts';
import type { ExitCode } from '../../../src/cli/exit-code.ts';
import { runCli } from '../../../src/cli/program.ts';
import type { Config } from '../../../src/config/config.ts';
import { EngineError } from '../../../src/engine/engine-error.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { Platform } from '../../../src/platform.ts';
import { recordWorld, type RecordedWorld } from './recorded-world.ts';
import { functionDocument, invokeReply, jsonResponse, problemResponse } from './replies.ts';
import { noAdapters } from './run-command.ts';
import { temporaryFolder } from './temporary-folder.ts';

interface Run {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
  readonly requests: readonly { readonly url: string; readonly init: RequestInit }[];
}

type Stand = Parameters<typeof recordWorld>[0] & { readonly responses?: readonly Response[] };

async function run(commandLine: readonly string[], stand: Stand = {}): Promise<Run> {
  const requests: { url: string; init: RequestInit }[] = [];
  const responses = [...(stand.responses ?? [])];
  const recorded = recordWorld({
    fetch: (url, init) => {
      requests.push({ url, init });
      const response = responses.shift();
      return response ? Promise.resolve(response) : Promise.reject(new Error('one request too many'));
    },
    ...stand,
  });
  const exitCode = await runCli(commandLine, recorded.world, noAdapters);
  return { exitCode, stdout: recorded.stdout(), stderr: recorded.stderr(), requests };
}

/** Text that holds this, typed as the text it stands for. */
const holding = (text: string): string => expect.stringContaining(text) as string;

const bodyOf = ({ requests }: Run): unknown => JSON.parse(requests[0]?.init.body as string);

describe('the command line', () => {
  it('prints help, with examples, for every command', async () => {
    for (const command of ['serve', 'deploy', 'invoke', 'run', 'list', 'show', 'rm', 'doctor']) {
      const { exitCode, stdout } = await run([command, '--help']);
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`$ sraas ${command}`);
      expect(stdout).toContain('--json');
    }
    expect((await run(['images', 'build', '--help'])).stdout).toContain('$ sraas images build');
  });

  it('suggests the nearest command and the nearest option', async () => {
    expect(await run(['deplyo'])).toMatchObject({
      exitCode: 2,
      stderr: holding('Did you mean deploy?'),
    });
    const option = await run(['deploy', '.', '--memroy-mb', '3']);
    expect(option).toMatchObject({ exitCode: 2, stderr: holding('Did you mean --memory-mb?') });
  });

  it('takes a missing argument, one too many, or no command for wrong usage', async () => {
    expect((await run(['invoke'])).exitCode).toBe(2);
    expect((await run(['show', 'a', 'b'])).exitCode).toBe(2);
    expect((await run([])).exitCode).toBe(2);
  });

  it('prints its version', async () => {
    expect(await run(['--version'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    });
  });

  it('refuses an address that is none', async () => {
    expect(await run(['list', '--url', 'localhost:8080'])).toMatchObject({
      exitCode: 2,
      stderr: holding('--url localhost:8080'),
    });
  });

  it('takes the address from the environment, unless it is typed', async () => {
    const environment = { SRAAS_URL: 'http://one.test' };
    const responses = (): Response[] => [jsonResponse(200, functionDocument('f'))];
    expect((await run(['show', 'f'], { environment, responses: responses() })).requests[0]?.url).toBe(
      'http://one.test/functions/f',
    );
    const typed = await run(['show', 'f', '--url', 'http://two.test'], { environment, responses: responses() });
    expect(typed.requests[0]?.url).toBe('http://two.test/functions/f');
  });

  it('exits with 3 and one sentence when no server answers', async () => {
    const fetch = (): Promise<Response> =>
      Promise.reject(
        new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) }),
      );
    expect(await run(['list'], { fetch })).toMatchObject({ exitCode: 3, stdout: '' });
    expect((await run(['list'], { fetch })).stderr).toBe(
      'error: No server answers at http://127.0.0.1:8080: start one with `npm run up` or `sraas serve`.\n',
    );
  });

  it('prints every reason of a refusal, and the error as one document with --json', async () => {
    const errors = [
      { pointer: '/limits/pids', message: 'must be at least 16' },
      { pointer: '', message: 'is odd\u001b[31m' },
    ];
    const response = (): Response => problemResponse(400, 'INVALID_CONFIG', 'Mend the configuration.', { errors });
    const human = await run(['show', 'f'], { responses: [response()] });
    expect(human).toMatchObject({ exitCode: 2, stdout: '' });
    expect(human.stderr).toBe(
      'error: Mend the configuration.\n  /limits/pids: must be at least 16\n  is odd\\x1b[31m\n',
    );
    const machine = await run(['show', 'f', '--json'], { responses: [response()] });
    expect(JSON.parse(machine.stderr)).toMatchObject({ code: 'INVALID_CONFIG', status: 400, errors });
  });

  it.each([
    [404, 'FUNCTION_NOT_FOUND', 2],
    [429, 'QUEUE_FULL', 3],
    [500, 'INTERNAL', 3],
    [503, 'DRAINING', 3],
  ])('ends a %i with %s as exit code %i', async (status, code, exitCode) => {
    expect((await run(['show', 'f'], { responses: [problemResponse(status, code, 'So it is.')] })).exitCode).toBe(
      exitCode,
    );
  });
});

describe('invoke', () => {
  it.each([
    [['-e', '{"a":4}'], {}, { a: 4 }],
    [['--event', 'null'], {}, null],
    [['-'], { stdin: '[1]' }, [1]],
    [['-f', '-'], { stdin: '"x"' }, 'x'],
    [[], {}, {}],
    [[], { environment: { SRAAS_EVENT: '5' } }, 5],
    [['-e', '6'], { environment: { SRAAS_FILE: 'nowhere.json' } }, 6],
  ])('with %j sends the event', async (options, stand, event) => {
    const ran = await run(['invoke', 'f', ...options], { ...stand, responses: [jsonResponse(200, invokeReply('ok'))] });
    expect(bodyOf(ran)).toStrictEqual({ version: 'v1', event, context: {} });
    expect(ran.exitCode).toBe(0);
  });

  it('reads the event from a file and the context from its option', async () => {
    const workingDirectory = await temporaryFolder({ 'event.json': '\ufeff{"a":1}' });
    const commandLine = ['invoke', 'f', '-f', 'event.json', '--context', '{"user":"ada"}'];
    const ran = await run(commandLine, { workingDirectory, responses: [jsonResponse(200, invokeReply('ok'))] });
    expect(bodyOf(ran)).toStrictEqual({ version: 'v1', event: { a: 1 }, context: { user: 'ada' } });
  });

  it.each([
    [['-e', '{"a":\n x}'], '-e is not valid JSON: unexpected "x" at line 2, column 2.'],
    [['-e', '{"a":'], '-e is not valid JSON: it ends too early at line 1, column 6.'],
    [['-f', 'nowhere.json'], 'There is no file nowhere.json.'],
    [['--context', '[1]'], '--context must be a JSON object'],
    [['-e', '1', '-f', 'x'], 'Give the event once'],
    [['-e', '1', '-'], 'Give the event once'],
    [['{"a":4}'], 'give the event with -e JSON'],
  ])('refuses %j before anything is sent', async (options, sentence) => {
    const ran = await run(['invoke', 'f', ...options]);
    expect(ran).toMatchObject({ exitCode: 2, requests: [] });
    expect(ran.stderr).toContain(sentence);
  });

  it('prints the whole reply as JSON where nobody watches, or with --json', async () => {
    const reply = invokeReply('ok', { result: { quotient: 4 }, logs: 'hi\u001b[2J\n' });
    const piped = await run(['invoke', 'f'], { responses: [jsonResponse(200, reply)] });
    expect(JSON.parse(piped.stdout)).toStrictEqual(reply);
    expect(piped.stderr).toBe('');
    const asked = await run(['invoke', 'f', '--json'], { terminal: true, responses: [jsonResponse(200, reply)] });
    expect(JSON.parse(asked.stdout)).toStrictEqual(reply);
  });

  it('shows a person the result on stdout, logs and a summary on stderr, with nothing that steers the terminal', async () => {
    const reply = invokeReply('ok', {
      result: { text: '\u202eevil\u009b2J' },
      logs: 'one\u001b[31m\ntwo\roverwritten\n',
    });
    const ran = await run(['invoke', 'f'], { terminal: true, responses: [jsonResponse(200, reply)] });
    expect(ran.stdout).toBe('{\n  "text": "\\u202eevil\\u009b2J"\n}\n');
    expect(ran.stderr).toBe('one\\x1b[31m\ntwo\\x0doverwritten\n-- ok in 12 ms\n');
  });

  it('says that it was a cold start, that logs were cut and what the exit code was', async () => {
    const { invocation } = invokeReply('exited');
    const reply = invokeReply('exited', {
      error: 'It ended.',
      invocation: { ...invocation, exit_code: 3, cold_start: true, init_ms: 1234, logs_truncated: true },
    });
    const ran = await run(['invoke', 'f'], { terminal: true, responses: [jsonResponse(200, reply)] });
    expect(ran.stderr).toContain('-- exited in 12 ms · exit code 3 · cold start 1.2 s · logs were cut');
  });

  it('shows the stack of a function that failed, and exits with 1', async () => {
    const reply = invokeReply('handler_error', { error: 'Error: no\n    at handler (index.mjs:3:9)', logs: 'before' });
    const ran = await run(['invoke', 'f'], { terminal: true, responses: [jsonResponse(200, reply)] });
    expect(ran).toMatchObject({ exitCode: 1, stdout: '' });
    expect(ran.stderr).toBe('before\nError: no\n    at handler (index.mjs:3:9)\n-- handler_error in 12 ms\n');
  });
});

describe('deploy', () => {
  it('sends the folder with its configuration and tells what to try next', async () => {
    const folder = await temporaryFolder({ 'index.mjs': 'x', 'sraas.json': '{"name":"given","limits":{"pids":32}}' });
    const reply = { ...functionDocument('given'), outcome: 'unchanged' };
    const ran = await run(['deploy', folder, '--memory-mb', '128', '--env', 'A=b=c', '--env', 'D='], {
      environment: { SRAAS_TIMEOUT_MS: '77', SRAAS_MEMORY_MB: '99' },
      responses: [jsonResponse(200, reply)],
    });
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toBe("given version 1 unchanged\ntry it: sraas invoke given -e '{}'\n");
    expect(ran.requests[0]?.url).toBe('http://127.0.0.1:8080/functions/given');
    const config = JSON.parse((ran.requests[0]?.init.body as FormData | undefined)?.get('config') as string) as unknown;
    expect(config).toStrictEqual({
      runtime: 'node24',
      handler: 'index.handler',
      limits: { pids: 32, memory_mb: 128, timeout_ms: 77 },
      env: { A: 'b=c', D: '' },
    });
  });

  it('shows somebody who watches what it does', async () => {
    const folder = await temporaryFolder({ 'index.mjs': 'x' }, 'greeter');
    const responses = [jsonResponse(201, { ...functionDocument('greeter'), outcome: 'created' })];
    const ran = await run(['deploy', folder], { terminal: true, responses });
    expect(ran.stderr).toMatch(/^packed 1 file, 1 B \(.* compressed\)\nuploading to http:\/\/127\.0\.0\.1:8080\n$/);
    expect(ran.stdout).toContain('greeter version 1 created');
  });

  it.each([
    ['a folder that is not there', {}, ['nowhere'], 'There is no folder nowhere.'],
    ['an empty folder', { 'sraas.json': '{}' }, ['.'], '. holds no files to deploy.'],
    ['a folder without a handler', { 'README.md': '' }, ['.'], 'There is no handler in'],
    ['a configuration that is no JSON', { 'index.mjs': '', 'sraas.json': '{' }, ['.'], 'sraas.json is not valid JSON'],
    ['a configuration of the wrong kind', { 'index.mjs': '', 'sraas.json': '[]' }, ['.'], 'must be a JSON object'],
    [
      'a name that is no text',
      { 'index.mjs': '', 'sraas.json': '{"name":3}' },
      ['.'],
      'name in sraas.json must be text',
    ],
    ['a bad name', { 'index.mjs': '' }, ['.', '--name', '3x'], "3x cannot be a function's name"],
    ['a number that is none', { 'index.mjs': '' }, ['.', '--pids', '0x10'], 'must be a number'],
    ['a variable without a name', { 'index.mjs': '' }, ['.', '--env', '=x'], 'KEY=VALUE'],
    ['an unknown isolation', { 'index.mjs': '' }, ['.', '--isolation', 'cold'], 'warm, fresh'],
  ])('refuses %s', async (_what, files, options, sentence) => {
    const workingDirectory = await temporaryFolder(files);
    const ran = await run(['deploy', ...options], { workingDirectory });
    expect(ran).toMatchObject({ exitCode: 2, stdout: '', requests: [] });
    expect(ran.stderr).toContain(sentence);
  });

  it('names the variable whose value is wrong', async () => {
    const workingDirectory = await temporaryFolder({ 'index.mjs': '' });
    const ran = await run(['deploy', '.'], { workingDirectory, environment: { SRAAS_PIDS: 'many' } });
    expect(ran).toMatchObject({ exitCode: 2, stderr: 'error: SRAAS_PIDS: It must be a number.\n' });
  });
});

describe('run', () => {
  it('sends handler, code and envelope and prints the reply as one JSON object', async () => {
    const workingDirectory = await temporaryFolder({
      'main.mjs': 'x',
      'data.json': '{"version":"v1","event":{"a":1}}',
    });
    const reply = invokeReply('handler_error', { error: 'no' });
    const ran = await run(['run', 'main.handler', 'data.json'], {
      terminal: true,
      workingDirectory,
      responses: [jsonResponse(200, reply)],
    });
    expect(ran.exitCode).toBe(1);
    expect(JSON.parse(ran.stdout)).toStrictEqual(reply);
    const form = ran.requests[0]?.init.body as FormData;
    expect(JSON.parse(form.get('config') as string)).toStrictEqual({ handler: 'main.handler', runtime: 'node24' });
    expect(JSON.parse(form.get('envelope') as string)).toStrictEqual({ version: 'v1', event: { a: 1 } });
  });

  it('lays its flags over the configuration of the folder', async () => {
    const dir = await temporaryFolder({ 'main.mjs': 'x', 'sraas.json': '{"env":{"A":"a","B":"b"}}' });
    const ran = await run(['run', 'main.handler', '-', '--dir', dir, '--env', 'B=c', '--timeout-ms', '50'], {
      stdin: '{"version":"v1"}',
      responses: [jsonResponse(200, invokeReply('ok'))],
    });
    const form = ran.requests[0]?.init.body as FormData;
    expect(JSON.parse(form.get('config') as string)).toStrictEqual({
      handler: 'main.handler',
      runtime: 'node24',
      env: { A: 'a', B: 'c' },
      limits: { timeout_ms: 50 },
    });
  });

  it.each([
    ['malformed input', '{"version":', [], 2, 'standard input is not valid JSON: it ends too early'],
    ['input that is no object', '[]', [], 2, 'must be a JSON object'],
    [
      'another version',
      '{"version":"v2"}',
      [problemResponse(400, 'INVALID_ENVELOPE', 'Unsupported or missing version.')],
      2,
      'Unsupported or missing version',
    ],
    ['a server that fails', '{"version":"v1"}', [problemResponse(500, 'INTERNAL', 'It broke.')], 3, 'It broke.'],
  ])('answers %s in JSON too', async (_what, stdin, responses, exitCode, sentence) => {
    const dir = await temporaryFolder({ 'main.mjs': 'x' });
    const ran = await run(['run', 'main.handler', '-', '--dir', dir], { stdin, responses });
    expect(ran.exitCode).toBe(exitCode);
    expect(JSON.parse(ran.stdout)).toStrictEqual({
      result: null,
      logs: '',
      error: holding(sentence),
      duration_ms: 0,
    });
  });
});

describe('list, show and rm', () => {
  const page = (...names: string[]): Response =>
    jsonResponse(200, { functions: names.map((name) => functionDocument(name)), next_cursor: null });

  it('lists as a table or as JSON', async () => {
    const human = await run(['list'], { responses: [page('a', 'much-longer')] });
    expect(human.stdout.split('\n').slice(0, 3)).toStrictEqual([
      'NAME         VERSION  RUNTIME  HANDLER        UPDATED',
      'a            1        node24   index.handler  2026-01-02T03:04:05.678Z',
      'much-longer  1        node24   index.handler  2026-01-02T03:04:05.678Z',
    ]);
    const machine = await run(['list', '--json'], { responses: [page('a')] });
    expect(JSON.parse(machine.stdout)).toStrictEqual([functionDocument('a')]);
  });

  it('says what to do when there is nothing to list', async () => {
    expect(await run(['list'], { responses: [page()] })).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: 'no functions yet; deploy one: sraas deploy DIR\n',
    });
  });

  it('shows a function, with nothing that steers the terminal', async () => {
    const { stdout } = await run(['show', 'f'], {
      responses: [jsonResponse(200, functionDocument('f', 'a\n\u001bc'))],
    });
    expect(stdout).toContain('description  a\\n\\x1bc\n');
    expect(stdout).toContain('memory       256 MiB\n');
    expect(stdout).not.toContain('labels');
  });

  it('removes what it can and tells what it could not', async () => {
    const responses = (): Response[] => [
      problemResponse(404, 'FUNCTION_NOT_FOUND', 'There is no function a.'),
      new Response(null, { status: 204 }),
    ];
    const human = await run(['rm', 'a', 'b'], { responses: responses() });
    expect(human).toMatchObject({ exitCode: 2, stdout: 'removed b\n', stderr: 'error: There is no function a.\n' });
    const machine = await run(['rm', 'a', 'b', '--json'], { responses: responses() });
    expect(JSON.parse(machine.stdout)).toMatchObject({
      removed: ['b'],
      failed: [{ name: 'a', code: 'FUNCTION_NOT_FOUND' }],
    });
  });
});

describe('serve', () => {
  interface Served {
    readonly recorded: RecordedWorld;
    readonly calls: string[];
    readonly configs: Config[];
    readonly ended: Promise<ExitCode>;
    readonly listening: Promise<void>;
    readonly finishStop: () => void;
  }

  function serve(
    commandLine: readonly string[],
    stand: Stand = {},
    start: Platform['start'] = () => Promise.resolve({ url: 'http://127.0.0.1:1234', compatUrls: {} }),
  ): Served {
    const calls: string[] = [];
    const configs: Config[] = [];
    let finishStop: () => void = () => undefined;
    const stopped = new Promise<void>((resolve) => (finishStop = resolve));
    let listen: () => void = () => undefined;
    const listening = new Promise<void>((resolve) => (listen = resolve));
    const recorded = recordWorld(stand);
    const write = (text: string): void => {
      recorded.world.stdout.write(text);
      listen();
    };
    const ended = runCli(
      ['serve', ...commandLine],
      { ...recorded.world, stdout: { write } },
      {
        ...noAdapters,
        createPlatform(config) {
          configs.push(config);
          return Promise.resolve({
            start() {
              calls.push('start');
              return start();
            },
            stop() {
              calls.push('stop');
              return stopped;
            },
          });
        },
      },
    );
    return {
      recorded,
      calls,
      configs,
      ended,
      listening,
      finishStop: () => {
        finishStop();
      },
    };
  }

  it('prints its address, runs until it is told to stop, and lets the platform finish', async () => {
    const { recorded, calls, configs, ended, listening, finishStop } = serve(['--port', '9', '--max-cpus', '2.5']);
    await listening;
    expect(recorded.stdout()).toBe('sraas listens on http://127.0.0.1:1234\n');
    expect(configs[0]).toMatchObject({ port: 9, maxCpus: 2.5, host: '127.0.0.1' });
    expect(calls).toStrictEqual(['start']);
    recorded.sendStopSignal();
    finishStop();
    expect(await ended).toBe(0);
    expect(calls).toStrictEqual(['start', 'stop']);
    expect(recorded.stopListeners.size).toBe(0);
  });

  it.each([
    [[], 'sraas listens on http://h:1\nThe API of ranna is on http://h:2\n'],
    [['--json'], '{"url":"http://h:1","compat_urls":{"ranna":"http://h:2"}}\n'],
  ])('prints the addresses of the compatibility APIs too, with %j', async (options, printed) => {
    const urls = { url: 'http://h:1', compatUrls: { ranna: 'http://h:2' } };
    const { recorded, ended, listening, finishStop } = serve(options, {}, () => Promise.resolve(urls));
    await listening;
    expect(recorded.stdout()).toBe(printed);
    recorded.sendStopSignal();
    finishStop();
    await ended;
  });

  it('ends at once at the second signal', async () => {
    const { recorded, ended, listening, finishStop } = serve([]);
    await listening;
    recorded.sendStopSignal();
    expect(recorded.exits).toStrictEqual([]);
    recorded.sendStopSignal();
    expect(recorded.exits).toStrictEqual([143]);
    finishStop();
    await ended;
  });

  it('cleans up and exits with 3 when it cannot start', async () => {
    const failure = new EngineError('unreachable', 'connect ENOENT');
    const { recorded, calls, ended, finishStop } = serve([], {}, () => Promise.reject(failure));
    finishStop();
    expect(await ended).toBe(3);
    expect(calls).toStrictEqual(['start', 'stop']);
    expect(recorded.stderr()).toContain('No container engine answers');
  });

  it('reads flags over environment over the config file in its folder', async () => {
    const file = '{"port":1,"queueLength":2,"maxPids":100}';
    const workingDirectory = await temporaryFolder({ 'sraas.config.json': file });
    const environment = { SRAAS_PORT: '3', SRAAS_QUEUE_LENGTH: '4' };
    const { recorded, configs, ended, listening, finishStop } = serve(['--port', '5'], {
      workingDirectory,
      environment,
    });
    await listening;
    expect(configs[0]).toMatchObject({ port: 5, queueLength: 4, maxPids: 100 });
    recorded.sendStopSignal();
    finishStop();
    await ended;
  });

  it('tells all that is wrong with the settings at once', async () => {
    const workingDirectory = await temporaryFolder({ 'mine.json': '{"porrt":1}' });
    const environment = { SRAAS_CONFIG: 'mine.json', SRAAS_MAX_PIDS: 'many' };
    const { recorded, ended } = serve(['--port', '99999'], { workingDirectory, environment });
    expect(await ended).toBe(2);
    for (const name of ['--port', 'SRAAS_MAX_PIDS', 'porrt']) expect(recorded.stderr()).toContain(name);
  });

  it('says that the config file that was named is not there', async () => {
    const { recorded, ended } = serve(['--config', 'nowhere.json']);
    expect(await ended).toBe(2);
    expect(recorded.stderr()).toBe('error: There is no file nowhere.json.\n');
  });
});

describe('images', () => {
  const engineWithoutImages = { listImages: () => Promise.resolve([]) } as Partial<Engine> as Engine;
  const adapters: Adapters = { ...noAdapters, createEngine: () => Promise.resolve(engineWithoutImages) };

  it('lists what is missing and how to build it', async () => {
    const recorded = recordWorld();
    expect(await runCli(['images', 'list'], recorded.world, adapters)).toBe(0);
    expect(recorded.stdout()).toMatch(/node24 +missing/);
    expect(recorded.stderr()).toContain('sraas images build node24 node22');
    const machine = recordWorld();
    await runCli(['images', 'list', '--json'], machine.world, adapters);
    expect(JSON.parse(machine.stdout())).toContainEqual(
      expect.objectContaining({ runtime: 'node22', state: 'missing' }),
    );
  });

  it('refuses to build a runtime that does not exist', async () => {
    const recorded = recordWorld();
    expect(await runCli(['images', 'build', 'cobol'], recorded.world, adapters)).toBe(2);
    expect(recorded.stderr()).toContain('There is no runtime cobol: there are node24');
  });

  it('exits with 3 and a sentence when no engine answers', async () => {
    const listImages = (): Promise<never> => Promise.reject(new EngineError('permission_denied', 'EACCES'));
    const engine = { listImages } as Partial<Engine> as Engine;
    const recorded = recordWorld();
    const away: Adapters = { ...noAdapters, createEngine: () => Promise.resolve(engine) };
    expect(await runCli(['images', 'list'], recorded.world, away)).toBe(3);
    expect(recorded.stderr()).toContain('This user may not speak to the container engine');
  });
});
