import { describe, expect, it } from 'vitest';
import type { AliasDocument } from '../../../src/wire/alias.ts';
import { recordWorld } from './recorded-world.ts';
import { functionDocument, jsonResponse } from './replies.ts';
import { runIn } from './run-command.ts';
import { temporaryFolder } from './temporary-folder.ts';

interface Sent {
  readonly request: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Runs one command line against replies; a request is told as `PATCH /functions/hello`. */
async function run(commandLine: readonly string[], responses: readonly Response[], workingDirectory = '/') {
  const sent: Sent[] = [];
  const left = [...responses];
  const recorded = recordWorld({
    workingDirectory,
    fetch: (url, { method, headers, body }) => {
      sent.push({
        request: `${method ?? ''} ${new URL(url).pathname}`,
        headers: headers as Readonly<Record<string, string>>,
        body: typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined,
      });
      const response = left.shift();
      return response ? Promise.resolve(response) : Promise.reject(new Error('one request too many'));
    },
  });
  return { ...(await runIn(recorded, commandLine)), sent };
}

const alias = (name: string, members: Partial<AliasDocument> = {}): AliasDocument => ({
  function: 'hello',
  alias: name,
  version: 3,
  previous: null,
  revision: 1,
  created_at: '2026-01-02T03:04:05.678Z',
  updated_at: '2026-01-02T03:04:05.678Z',
  ...members,
});
const split = { version: 3, other_version: 4, other_percent: 10 };
const deployed = (outcome: string): Response =>
  jsonResponse(200, { outcome, ...functionDocument('hello'), version: 5 });

describe('versions', () => {
  it('are listed with the aliases that lead to them', async () => {
    const versions = [4, 3, 2].map((version) => ({ ...functionDocument('hello'), version }));
    const aliases = [alias('live', split), alias('old', { version: 2 })];
    const ran = await run(
      ['versions', 'hello'],
      [jsonResponse(200, { versions, next_cursor: null }), jsonResponse(200, { aliases })],
    );
    expect(ran.exitCode).toBe(0);
    const ends = ran.stdout.split('\n').map((line) => line.split('abababababab').at(-1)?.trim());
    expect(ends).toEqual([expect.stringContaining('ALIASES'), 'live 10%', 'live 90%', 'old', '']);
  });

  it('are removed one by one', async () => {
    const ran = await run(['rm', 'hello@1'], [new Response(null, { status: 204 })]);
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'removed hello@1\n' });
    expect(ran.sent).toMatchObject([{ request: 'DELETE /functions/hello%401' }]);
  });

  it('are compared', async () => {
    const code = { sha256: 'ab'.repeat(32), bytes: 10 };
    const config = [
      { pointer: '/env/A', from: '1\u001b[31m' },
      { pointer: '/env/B', to: '2' },
      { pointer: '/limits/pids', from: 20, to: 64 },
    ];
    const difference = { name: 'hello', from: 1, to: 2, code: { same: true, from: code, to: code }, config };
    const ran = await run(['diff', 'hello', '1', '2'], [jsonResponse(200, difference)]);
    expect(ran.sent).toMatchObject([{ request: 'GET /functions/hello/versions/1/diff/2' }]);
    expect(ran.stdout.split('\n')).toEqual([
      'same code',
      String.raw`- /env/A  "1\u001b[31m"`,
      '+ /env/B  "2"',
      '~ /limits/pids  20 → 64',
      '',
    ]);
    const other = { ...difference, config: [], code: { same: false, from: code, to: { ...code, bytes: 2000 } } };
    expect((await run(['diff', 'hello', '1', '2'], [jsonResponse(200, other)])).stdout).toBe(
      'other code: abababababab (10 B) → abababababab (2.0 kB)\nsame configuration\n',
    );
  });
});

describe('alias', () => {
  it('sets where an alias leads, to one version or two', async () => {
    const one = await run(['alias', 'set', 'hello:live', '3'], [jsonResponse(201, alias('live'))]);
    expect(one).toMatchObject({ exitCode: 0, stdout: 'hello:live leads to 3 (set)\n' });
    expect(one.sent).toMatchObject([{ request: 'PUT /functions/hello/aliases/live', body: { version: 3 } }]);
    const two = await run(
      ['alias', 'set', 'hello:live', '3', '--other', '4', '--percent', '10', '--if-match', '"x.1"'],
      [jsonResponse(200, { outcome: 'updated', ...alias('live', split) })],
    );
    expect(two.stdout).toBe('hello:live leads to 3 90%, 4 10% (updated)\n');
    expect(two.sent).toMatchObject([{ body: split, headers: { 'if-match': '"x.1"' } }]);
  });

  it.each([
    [['set', 'hello', '3'], 'names no alias'],
    [['set', 'hello:live', 'v3'], 'not the number of a version'],
    [['set', 'hello:live', '3', '--other', '4'], '--other and --percent together'],
    [['set', 'hello:live', '3', '--if-match', 'a b'], 'must be a tag'],
    [['rm', 'hello'], 'names no alias'],
  ])('refuses %j', async (words, sentence) => {
    const ran = await run(['alias', ...words], []);
    expect([ran.exitCode, ran.sent]).toEqual([2, []]);
    expect(ran.stderr).toContain(sentence);
  });

  it('lists, shows with the tag, and removes', async () => {
    const aliases = [alias('live', { ...split, previous: { version: 2 } })];
    const listed = await run(['alias', 'list', 'hello'], [jsonResponse(200, { aliases })]);
    expect(listed.stdout.split('\n')).toEqual([
      'ALIAS       LEADS TO      BEFORE  UPDATED',
      'hello:live  3 90%, 4 10%  2       2026-01-02T03:04:05.678Z',
      '',
    ]);
    const tagged = jsonResponse(200, alias('live'), { etag: '"f.k.1"' });
    const shown = await run(['alias', 'show', 'hello:live'], [tagged]);
    expect(shown.stdout).toContain('tag          f.k.1\n');
    const removed = await run(['alias', 'rm', 'hello:live', '--if-match', '*'], [new Response(null, { status: 204 })]);
    expect(removed.stdout).toBe('removed hello:live\n');
    expect(removed.sent).toMatchObject([
      { request: 'DELETE /functions/hello/aliases/live', headers: { 'if-match': '*' } },
    ]);
    expect((await run(['alias', 'list', 'hello'], [jsonResponse(200, { aliases: [] })])).stderr).toContain(
      'no aliases',
    );
  });
});

describe('rollback', () => {
  it('brings back a function, or leads an alias back', async () => {
    const plain = await run(['rollback', 'hello'], [deployed('updated')]);
    expect(plain).toMatchObject({ exitCode: 0, stdout: 'hello version 5 updated\n' });
    expect(plain.sent).toMatchObject([{ request: 'POST /functions/hello/rollback', body: {} }]);
    const named = await run(['rollback', 'hello', '--to', '2'], [deployed('unchanged')]);
    expect([named.stdout, named.sent[0]?.body]).toEqual(['hello version 5 unchanged\n', { to: 2 }]);
    const live = await run(['rollback', 'hello:live'], [jsonResponse(200, alias('live'))]);
    expect(live.stdout).toBe('hello:live leads to 3\n');
    expect(live.sent).toMatchObject([{ request: 'POST /functions/hello%3Alive/rollback', body: {} }]);
  });
});

describe('config', () => {
  it('sends what is to change, and nothing else', async () => {
    const flags = ['--memory-mb', '512', '--env', 'A=1', '--handler', 'main.other', '--label', 'team=x'];
    const unset = ['--unset', 'env.OLD', '--unset', 'history', '--patch', '{"async":{"max_attempts":5}}'];
    const ran = await run(['config', 'hello', ...flags, ...unset, '--if-match', 'f.4'], [deployed('updated')]);
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'hello version 5 updated\n' });
    expect(ran.sent).toMatchObject([{ request: 'PATCH /functions/hello', headers: { 'if-match': '"f.4"' } }]);
    expect(ran.sent[0]?.body).toEqual({
      limits: { memory_mb: 512 },
      env: { A: '1', OLD: null },
      labels: { team: 'x' },
      handler: 'main.other',
      history: null,
      async: { max_attempts: 5 },
    });
  });

  it('needs something to change, and JSON that is an object', async () => {
    expect((await run(['config', 'hello'], [])).stderr).toContain('Say what is to change');
    expect((await run(['config', 'hello', '--patch', '[]'], [])).exitCode).toBe(2);
  });
});

describe('a condition', () => {
  it('goes with a deploy', async () => {
    const folder = await temporaryFolder({ 'index.mjs': 'x' });
    const created = await run(['deploy', folder, '--name', 'hello', '--create-only'], [deployed('created')]);
    expect(created.sent).toMatchObject([{ headers: { 'if-none-match': '*' } }]);
    const next = await run(['deploy', folder, '--name', 'hello', '--if-match', 'f.1'], [deployed('updated')]);
    expect(next.sent).toMatchObject([{ headers: { 'if-match': '"f.1"' } }]);
  });

  it('is made of the tag that is shown', async () => {
    const response = (): Response => jsonResponse(200, functionDocument('hello'), { etag: '"f.1"' });
    expect((await run(['show', 'hello'], [response()])).stdout).toContain('tag          f.1\n');
    expect(JSON.parse((await run(['show', 'hello', '--json'], [response()])).stdout)).toMatchObject({ tag: 'f.1' });
  });
});
