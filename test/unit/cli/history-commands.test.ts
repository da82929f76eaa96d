import { describe, expect, it, vi } from 'vitest';
import type { Fetch } from '../../../src/client/connection.ts';
import type { RecordDocument } from '../../../src/wire/record.ts';
import { recordWorld } from './recorded-world.ts';
import { invokeReply, jsonResponse, problemResponse, recordDocument } from './replies.ts';
import { runIn } from './run-command.ts';

const run = (commandLine: readonly string[], fetch: Fetch, terminal = true) =>
  runIn(recordWorld({ fetch, terminal }), commandLine);

const id = '01a53c9e-6a2b-7c50-9f0e-3d1c8f2b7a11';
const at = '2026-01-02T03:04:05.678Z';

const record = (members: Partial<RecordDocument> = {}): RecordDocument =>
  recordDocument({
    id,
    state: 'succeeded',
    outcome: 'ok',
    started_at: at,
    ended_at: at,
    duration_ms: 12.3,
    queue_ms: 0,
    init_ms: 0,
    ...members,
  });

const answering = (...documents: readonly object[]) => {
  let next = 0;
  return vi.fn<Fetch>(() => Promise.resolve(jsonResponse(200, documents[next++] ?? {})));
};

const asked = (fetch: ReturnType<typeof answering>): readonly string[] =>
  fetch.mock.calls.map(([url, { method }]) => `${method ?? ''} ${url.replace(/^http:\/\/[^/]+/, '')}`);

describe('sraas history', () => {
  it('shows how invocations ended, newest first', async () => {
    const invocations = [
      record(),
      record({ outcome: 'timeout', state: 'dead', mode: 'async' }),
      record({ outcome: null, error_code: 'QUEUE_FULL', state: 'failed', duration_ms: null }),
      record({ outcome: null, state: 'queued', duration_ms: null }),
    ];
    const fetch = answering({ invocations, next_cursor: null });
    const { exitCode, stdout } = await run(['history', 'hello'], fetch);
    expect(exitCode).toBe(0);
    expect(asked(fetch)).toEqual(['GET /functions/hello/invocations?limit=20']);
    expect(stdout.split('\n').map((line) => line.replace(id, 'ID').split(/ {2,}/))).toEqual([
      ['ID', 'VERSION', 'MODE', 'ENDED AS', 'TOOK', 'WHEN'],
      ['ID', '3', 'sync', 'ok', '12 ms', at],
      ['ID', '3', 'async', 'dead (timeout)', '12 ms', at],
      ['ID', '3', 'sync', 'QUEUE_FULL', at],
      ['ID', '3', 'sync', 'queued', at],
      [''],
    ]);
  });

  it('asks for a version, an outcome, a state and a mode, and for so many over several pages', async () => {
    const fetch = answering(
      { invocations: Array.from({ length: 1000 }, () => record()), next_cursor: id },
      { invocations: [record()], next_cursor: id },
    );
    const options = ['--outcome', 'ok', '--state', 'succeeded', '--mode', 'sync', '--limit', '1001', '--json'];
    const { stdout } = await run(['history', 'hello@3', ...options], fetch);
    expect(JSON.parse(stdout)).toHaveLength(1001);
    const query = '/functions/hello/invocations?outcome=ok&state=succeeded&mode=sync&version=3&limit=';
    expect(asked(fetch)).toEqual([`GET ${query}1000`, `GET ${query}1&cursor=${id}`]);
  });

  it('says so when there are none, and passes refusals on', async () => {
    const none = answering({ invocations: [], next_cursor: null });
    expect(await run(['history', 'hello'], none)).toMatchObject({ exitCode: 0, stdout: '' });
    const refusing: Fetch = () => Promise.resolve(problemResponse(400, 'INVALID_QUERY', 'Give outcome once.'));
    expect(await run(['history', 'hello', '--outcome', 'x'], refusing)).toMatchObject({ exitCode: 2 });
    const notAsked: Fetch = () => Promise.reject(new Error('not asked'));
    expect(await run(['history', 'hello:live'], notAsked)).toMatchObject({ exitCode: 2 });
  });
});

describe('sraas invocation', () => {
  it('shows what is known, and what is kept', async () => {
    const document = record({ max_memory_bytes: 52_000_000, event: { a: 1 }, result: [1], logs: 'one\ntwo\n' });
    const { exitCode, stdout } = await run(['invocation', id], answering(document));
    expect(exitCode).toBe(0);
    expect(stdout).toContain('function     hello@3\n');
    expect(stdout).toContain('memory       52.0 MB\n');
    expect(stdout).not.toContain('error');
    expect(stdout).toContain('\nevent:\n{\n  "a": 1\n}\n');
    expect(stdout).toContain('\nlogs:\none\ntwo\n');
  });

  it('shows what could steer a terminal as escapes', async () => {
    const document = record({ error: 'Error: \u001b[2J', logs: '\u001b[2J', event: '\u001b[2J', state: 'failed' });
    expect((await run(['invocation', id], answering(document))).stdout).not.toContain('\u001b');
  });

  it('prints the document with --json', async () => {
    const { stdout } = await run(['invocation', id, '--json'], answering(record()));
    expect(JSON.parse(stdout)).toEqual(record());
  });
});

describe('sraas replay', () => {
  it('tells how it ended, by its exit code too', async () => {
    const fetch = answering(invokeReply('ok', { result: 5 }));
    expect(await run(['replay', id], fetch)).toMatchObject({ exitCode: 0, stdout: '5\n' });
    expect(asked(fetch)).toEqual([`POST /invocations/${id}/replay`]);
    expect((await run(['replay', id], answering(invokeReply('timeout')))).exitCode).toBe(1);
  });

  it('sends the event to what it is told to', async () => {
    const fetch = answering(invokeReply('ok'));
    await run(['replay', id, '--on', 'hello@4'], fetch);
    expect(fetch.mock.calls[0]?.[1].body).toBe('{"reference":"hello@4"}');
  });
});
