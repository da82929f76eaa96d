import { describe, expect, it } from 'vitest';
import { jsonResponse, problemResponse } from './replies.ts';
import { runAgainst } from './run-command.ts';
import { temporaryFolder } from './temporary-folder.ts';

const frame = (name: string, data: object): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const log = (text: string, line: number | null = 1): string => frame('log', { at: null, text, line });
const streamed = (...frames: readonly string[]): Response =>
  new Response(frames.join(''), { headers: { 'content-type': 'text/event-stream' } });

const ready = {
  name: 'mine',
  kind: 'custom',
  contract: 'handler',
  language: 'python',
  language_version: '3.11.2',
  description: 'for me',
  state: 'ready',
  image: 'sha256:one',
  size_bytes: 80_500_000,
  base: 'debian',
  built_at: 'B',
  created_at: 'C',
  updated_at: 'U',
  last_build: { id: 'b', state: 'succeeded', queued_at: 'Q', ended_at: 'E', problem: null, problem_line: null },
};

const run = (commandLine: readonly string[], responses: readonly Response[], folder = '/') =>
  runAgainst(responses, commandLine, { terminal: true, workingDirectory: folder });

describe('sraas runtimes create', () => {
  it('sends a Dockerfile, shows the build on stderr and what came of it on stdout', async () => {
    const folder = await temporaryFolder({ Dockerfile: 'FROM debian\n' });
    const options = ['--language', 'python', '--description', 'for me'];
    const ran = await run(
      ['runtimes', 'create', 'mine', 'Dockerfile', ...options],
      [streamed(log('Step 1'), log('\u001b[31mred', 12), frame('dropped', { lines: 4 }), frame('done', ready))],
      folder,
    );
    expect(ran.exitCode).toBe(0);
    expect(ran.requests).toEqual([
      {
        method: 'PUT',
        path: '/runtimes/mine',
        body: { contract: 'handler', language: 'python', dockerfile: 'FROM debian\n', description: 'for me' },
      },
    ]);
    expect(ran.stderr).toBe(
      'building the image of mine\n   1 | Step 1\n  12 | \\x1b[31mred\n' +
        '     | (4 lines left out: this terminal was too slow)\n',
    );
    expect(ran.stdout).toMatch(/^mine ready: python 3\.11\.2, 80\.5 MB, in .*\n$/);
  });

  it('sends a folder as an archive', async () => {
    const folder = await temporaryFolder({ 'rt/Dockerfile': 'FROM debian\nCOPY a /a\n', 'rt/a': '1' });
    const command = ['runtimes', 'create', 'mine', 'rt', '--contract', 'command', '--json'];
    const ran = await run(command, [streamed(log('Step 1'), frame('done', ready))], folder);
    const form = ran.requests[0]?.body as FormData;
    expect([...form.keys()]).toEqual(['config', 'archive']);
    expect(form.get('config')).toBe('{"contract":"command"}');
    expect(JSON.parse(ran.stdout)).toEqual(ready);
    expect(ran.stderr).toBe('');
  });

  it('exits with 1 when the build fails, and with 2 when the Dockerfile is refused', async () => {
    const folder = await temporaryFolder({ Dockerfile: 'FROM debian\n' });
    const problem = { code: 'RUNTIME_BUILD_FAILED', status: 422, detail: 'Line 3: RUN false: exit code 1.' };
    const command = ['runtimes', 'create', 'mine', 'Dockerfile'];
    const failed = await run(command, [streamed(log('Step 1'), frame('error', problem))], folder);
    expect([failed.exitCode, failed.stdout]).toEqual([1, '']);
    expect(failed.stderr).toContain('error: Line 3: RUN false: exit code 1.\n');
    const refused = await run(command, [problemResponse(400, 'BUILD_REFUSED', 'Line 1: no.')], folder);
    expect(refused).toMatchObject({ exitCode: 2, stderr: 'error: Line 1: no.\n' });
  });

  it.each([
    ['nowhere', {}, 'There is no file or folder nowhere.'],
    ['rt', { 'rt/a': '' }, 'rt has no Dockerfile: add one, or give the Dockerfile itself.'],
  ])('refuses %s without asking the server', async (source, files, sentence) => {
    const ran = await run(['runtimes', 'create', 'mine', source], [], await temporaryFolder(files));
    expect(ran).toMatchObject({ exitCode: 2, stderr: `error: ${sentence}\n`, requests: [] });
  });
});

describe('looking at runtimes', () => {
  const builtIn = {
    name: 'node24',
    kind: 'built_in',
    contract: 'handler',
    language: 'node',
    description: '',
    state: 'missing',
  };

  it('lists built-in and custom ones alike', async () => {
    const ran = await run(['runtimes', 'list'], [jsonResponse(200, { runtimes: [builtIn, ready] })]);
    expect(ran.stdout).toBe(
      'NAME    KIND      CONTRACT  LANGUAGE  STATE    SIZE\n' +
        'node24  built in  handler   node      missing\n' +
        'mine    custom    handler   python    ready    80.5 MB\n',
    );
  });

  it('shows one, with how its last build went', async () => {
    const last = { ...ready.last_build, state: 'failed', problem: 'Line 3: no.' };
    const ran = await run(['runtimes', 'show', 'mine'], [jsonResponse(200, { ...ready, last_build: last })]);
    expect(ran.stdout).toContain('language     python 3.11.2\n');
    expect(ran.stdout).toContain('last build   failed, ordered Q\nproblem      Line 3: no.\n');
    expect(
      await run(['runtimes', 'show', 'no'], [problemResponse(404, 'CUSTOM_RUNTIME_NOT_FOUND', 'None.')]),
    ).toMatchObject({
      exitCode: 2,
      stderr: 'error: None.\n',
    });
  });

  it('shows the log of the last build, or follows it to its end', async () => {
    const build = { ...ready.last_build, state: 'failed', problem: 'No.', log: 'Step 1\n' };
    const shown = await run(['runtimes', 'logs', 'mine'], [jsonResponse(200, build)]);
    expect(shown).toMatchObject({ exitCode: 0, stdout: 'Step 1\n', stderr: '-- failed: No.\n' });
    const followed = await run(['runtimes', 'logs', 'mine', '-f'], [streamed(log('Step 1'), frame('end', build))]);
    expect(followed.exitCode).toBe(1);
    expect(followed.stderr).toContain('   1 | Step 1\n-- failed: No.\n');
  });

  it('cancels a build, removes runtimes each for itself, and prunes images', async () => {
    const gone = (): Response => new Response(null, { status: 204 });
    expect(await run(['runtimes', 'cancel', 'mine'], [gone()])).toMatchObject({
      stdout: 'cancelled the build of mine\n',
      requests: [{ method: 'DELETE', path: '/runtimes/mine/build' }],
    });
    const inUse = problemResponse(409, 'RUNTIME_IN_USE', 'Used.');
    expect(await run(['runtimes', 'rm', 'a', 'b'], [inUse, gone()])).toMatchObject({
      exitCode: 2,
      stdout: 'removed b\n',
      stderr: 'error: Used.\n',
    });
    const removed = { removed: [{ image: 'sha256:one', size_bytes: 1_500_000 }] };
    expect(await run(['images', 'prune'], [jsonResponse(200, removed)])).toMatchObject({
      stdout: 'removed sha256:one (1.5 MB)\n',
      stderr: '1 image removed, at most 1.5 MB freed\n',
      requests: [{ method: 'POST', path: '/images/prune' }],
    });
  });
});

describe('sraas deploy', () => {
  const deployed = { name: 'f', version: 1, outcome: 'created' };

  it('shows the build of a folder with a Dockerfile and no handler', async () => {
    const folder = await temporaryFolder({ 'f/Dockerfile': 'FROM debian\n', 'f/main.sh': '' });
    const ran = await run(['deploy', 'f'], [streamed(log('Step 1'), frame('done', deployed))], folder);
    expect(ran.exitCode).toBe(0);
    expect((ran.requests[0]?.body as FormData | undefined)?.get('config')).toBe('{"runtime":"dockerfile"}');
    expect(ran.stderr).toContain('building the image of f\n   1 | Step 1\n');
  });

  it('asks the server what a custom runtime runs', async () => {
    const folder = await temporaryFolder({ 'f/index.mjs': '', 'f/main.py': '' });
    const command = ['deploy', 'f', '--runtime', 'mine'];
    const python = await run(command, [jsonResponse(200, ready), jsonResponse(201, deployed)], folder);
    expect((python.requests[1]?.body as FormData | undefined)?.get('config')).toBe(
      '{"handler":"main.handler","runtime":"mine"}',
    );
    const program = { ...ready, contract: 'command', language: null };
    const tool = await run(command, [jsonResponse(200, program), jsonResponse(201, deployed)], folder);
    expect((tool.requests[1]?.body as FormData | undefined)?.get('config')).toBe('{"runtime":"mine"}');
  });
});
