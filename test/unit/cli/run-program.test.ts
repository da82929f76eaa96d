import { describe, expect, it } from 'vitest';
import type { ProgramFacts, ProgramReply } from '../../../src/wire/program.ts';
import { recordWorld } from './recorded-world.ts';
import { problemResponse } from './replies.ts';
import { runAgainst, runIn } from './run-command.ts';
import { temporaryFolder } from './temporary-folder.ts';

const facts = (members: Partial<ProgramFacts> = {}): ProgramFacts => ({
  invocation: { id: 'i-1', outcome: 'ok' },
  stdout_truncated: false,
  stderr_truncated: false,
  exit_code: 0,
  signal: null,
  timed_out: false,
  out_of_memory: false,
  duration_ms: 12.3,
  max_memory_bytes: null,
  cpu_ms: null,
  ...members,
});
const frame = (name: string, data: object): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const stream = (...frames: readonly string[]): Response =>
  new Response(frames.join(''), { headers: { 'content-type': 'text/event-stream' } });
const written = (name: 'stdout' | 'stderr', bytes: string | Uint8Array): string =>
  frame(name, { base64: Buffer.from(bytes).toString('base64') });
const ended = (members?: Partial<ProgramFacts>): string => frame('ended', facts(members));

describe('run with a file', () => {
  it('sends its code, arguments and input, and passes on what it writes', async () => {
    const workingDirectory = await temporaryFolder({ 'script.py': 'print(1)' });
    const reply = stream(
      frame('started', { id: 'i-1' }),
      written('stdout', '1\n'),
      written('stderr', 'oh\n'),
      frame('news', {}),
      ended(),
    );
    const line = ['run', 'script.py', '--timeout-ms', '500', '--env', 'A=b', '--', '-x', 'a b'];
    const ran = await runAgainst([reply], line, { workingDirectory, stdin: 'in' });
    expect(ran).toMatchObject({ exitCode: 0, stdout: '1\n', stderr: 'oh\n' });
    expect(ran.requests).toEqual([
      {
        method: 'POST',
        path: '/run',
        body: {
          runtime: 'python3',
          code: 'print(1)',
          args: ['-x', 'a b'],
          output: 'base64',
          stdin_base64: Buffer.from('in').toString('base64'),
          env: { A: 'b' },
          limits: { timeout_ms: 500 },
        },
      },
    ]);
  });

  it.each([
    [{ exit_code: 37 }, '-- exit code 37 in 12 ms\n'],
    [{ exit_code: null, signal: 'SIGSEGV' }, '-- ended by SIGSEGV in 12 ms\n'],
    [{ exit_code: null, timed_out: true }, '-- timeout in 12 ms\n'],
    [{ exit_code: 137, out_of_memory: true }, '-- out_of_memory in 12 ms\n'],
  ])('ends with 1 for a program that ended with %j, and says so', async (members, sentence) => {
    const workingDirectory = await temporaryFolder({ 'main.js': '' });
    const reply = stream(ended({ ...members, invocation: { id: 'i-1', outcome: 'exited' } }));
    const ran = await runAgainst([reply], ['run', 'main.js'], { workingDirectory });
    expect(ran).toMatchObject({ exitCode: 1, stdout: '', stderr: sentence });
  });

  it('leaves bytes as they are in a pipe, and keeps them from steering a terminal', async () => {
    const workingDirectory = await temporaryFolder({ 'main.sh': '' });
    const pieces = ['\u001b[2J', Buffer.from([0xff, 0xc3]), Buffer.from([0xa9])];
    const reply = (): Response => stream(...pieces.map((piece) => written('stdout', piece)), ended());
    const piped = await runAgainst([reply()], ['run', 'main.sh'], { workingDirectory });
    expect(piped.stdoutBytes.equals(Buffer.from('\u001b[2J\xff\xc3\xa9', 'latin1'))).toBe(true);
    const shown = await runAgainst([reply()], ['run', 'main.sh'], { workingDirectory, terminal: true });
    expect(shown.stdout).toBe(`${String.raw`\x1b[2J`}\ufffdé`);
  });

  it('prints the whole reply with --json', async () => {
    const workingDirectory = await temporaryFolder({ prog: 'x' });
    const reply: ProgramReply = { ...facts({ exit_code: 2 }), stdout: 'a', stderr: '' };
    const line = ['run', 'prog', '--runtime', 'perl', '--json'];
    const ran = await runAgainst([Response.json(reply)], line, { workingDirectory });
    expect(JSON.parse(ran.stdout)).toEqual(reply);
    expect(ran.requests).toMatchObject([{ body: { runtime: 'perl', code: 'x' } }]);
  });

  it('asks for the language where the name does not tell it', async () => {
    const workingDirectory = await temporaryFolder({ prog: 'x' });
    const ran = await runIn(recordWorld({ workingDirectory }), ['run', 'prog']);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('give --runtime');
  });

  it('tells of a refusal in one sentence', async () => {
    const workingDirectory = await temporaryFolder({ 'main.py': 'x' });
    const refusal = problemResponse(400, 'INVALID_CONFIG', 'Correct the program.');
    const ran = await runAgainst([refusal], ['run', 'main.py'], { workingDirectory });
    expect([ran.exitCode, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toContain('Correct the program.');
  });

  it('says what to give where there is no such file', async () => {
    const ran = await runIn(recordWorld(), ['run', 'main.py']);
    expect(ran.exitCode).toBe(2);
    expect(ran.stdout).toContain('There is no file main.py.');
  });
});
