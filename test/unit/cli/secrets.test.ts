import { describe, expect, it } from 'vitest';
import type { Stand } from './recorded-world.ts';
import { jsonResponse, problemResponse } from './replies.ts';
import { runAgainst } from './run-command.ts';
import { temporaryFolder } from './temporary-folder.ts';

const secret = { name: 'db', created_at: 'C', updated_at: 'U', used_by: ['one', 'two'] };

type Given = Pick<Stand, 'terminal' | 'stdin' | 'typed' | 'workingDirectory'> & {
  readonly responses?: readonly Response[];
};

const run = (commandLine: readonly string[], { responses = [], ...stand }: Given = {}) =>
  runAgainst(responses, commandLine, stand);

const created = (): readonly Response[] => [jsonResponse(201, { outcome: 'created', ...secret })];
const sent = (value: string) => [{ method: 'PUT', path: '/secrets/db', body: { value } }];

describe('sraas secrets set', () => {
  it('asks at a terminal, and shows neither what is typed nor what is set', async () => {
    const ran = await run(['secrets', 'set', 'db'], { responses: created(), terminal: true, typed: 'hunter2 ' });
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'db set\n', requests: sent('hunter2 ') });
    expect(ran.stderr).toBe('Value of db, which is not shown: ');
  });

  it('reads standard input where there is no terminal, and where it is told to, without its last line break', async () => {
    const piped = await run(['secrets', 'set', 'db'], { responses: created(), stdin: 'one\ntwo\n' });
    expect(piped).toMatchObject({ exitCode: 0, requests: sent('one\ntwo') });
    const responses = [jsonResponse(200, { outcome: 'updated', ...secret })];
    const told = await run(['secrets', 'set', 'db', '-'], { responses, stdin: 'one\r\n', terminal: true });
    expect(told).toMatchObject({ exitCode: 0, stdout: 'db set anew\n', requests: sent('one') });
  });

  it('reads a file', async () => {
    const workingDirectory = await temporaryFolder({ 'key.pem': '\ufeffBEGIN\nEND\n\n' });
    const ran = await run(['secrets', 'set', 'db', '--from-file', 'key.pem'], {
      responses: created(),
      workingDirectory,
    });
    expect(ran).toMatchObject({ exitCode: 0, requests: sent('\ufeffBEGIN\nEND\n') });
  });

  it.each([
    [['hunter2'], {}],
    [['--from-file', 'missing'], {}],
    [['-', '--from-file', 'x'], { stdin: 'x' }],
    [[], { stdin: '\n' }],
    [[], { terminal: true }],
    [[], { terminal: true, typed: '' }],
    [[], { stdin: 'x'.repeat(1024 * 1024 + 1) }],
  ])('sends nothing when there is no value in a proper place: %j', async (commandLine, stand) => {
    const ran = await run(['secrets', 'set', 'db', ...commandLine], stand);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '', requests: [] });
    expect(ran.stderr).not.toContain('hunter2');
  });

  it('prints the reply as JSON when asked to', async () => {
    const ran = await run(['secrets', 'set', 'db', '--json'], { responses: created(), stdin: 'x' });
    expect(JSON.parse(ran.stdout)).toEqual({ outcome: 'created', ...secret });
  });
});

describe('sraas secrets list and rm', () => {
  it('list the names with who uses them, page by page', async () => {
    const responses = [
      jsonResponse(200, { secrets: [secret], next_cursor: 'db' }),
      jsonResponse(200, { secrets: [{ ...secret, name: 'more', used_by: [] }], next_cursor: null }),
    ];
    const ran = await run(['secrets', 'list'], { responses });
    expect(ran.stdout).toBe('NAME  SET  USED BY\ndb    U    one two\nmore  U\n');
    expect(ran.requests.map(({ path }) => path)).toEqual(['/secrets', '/secrets?cursor=db']);
    const none = await run(['secrets', 'list'], { responses: [jsonResponse(200, { secrets: [], next_cursor: null })] });
    expect(none.stderr).toBe('no secrets yet; set one: sraas secrets set NAME\n');
  });

  it('remove each for itself', async () => {
    const responses = [
      problemResponse(409, 'SECRET_IN_USE', 'Versions of one name it.'),
      new Response(null, { status: 204 }),
    ];
    const ran = await run(['secrets', 'rm', 'db', 'more'], { responses });
    expect(ran.exitCode).not.toBe(0);
    expect(ran.stdout).toBe('removed more\n');
    expect(ran.stderr).toBe('error: Versions of one name it.\n');
  });
});
