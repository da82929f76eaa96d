import { once } from 'node:events';
import { Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { runCli } from '../../../src/cli/program.ts';
import type { Fetch } from '../../../src/client/connection.ts';
import { patience } from '../../support/patience.ts';
import { recordWorld } from './recorded-world.ts';
import { jsonResponse, problemResponse } from './replies.ts';
import { noAdapters, runIn, type Ran } from './run-command.ts';

const runWith = (commandLine: readonly string[], fetch: Fetch, terminal = true): Promise<Ran> =>
  runIn(recordWorld({ fetch, terminal }), commandLine);

const frame = (name: string, data: object): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

const at = '2026-01-02T03:04:05.678Z';
const [a, b] = ['1111-aaaaaaaa', '1111-bbbbbbbb'];
const log = (id: string, text: string): string => frame('log', { invocation_id: id, text, at });
const end = (id: string, members: object): string =>
  frame('end', {
    invocation_id: id,
    outcome: 'ok',
    code: null,
    duration_ms: 12,
    logs_truncated: false,
    at,
    ...members,
  });

const streaming =
  (...frames: readonly string[]): Fetch =>
  () =>
    Promise.resolve(new Response(frames.join(''), { headers: { 'content-type': 'text/event-stream' } }));

/** Text with the times taken out: they depend on where it is read. */
const timeless = (text: string): string => text.replaceAll(/^\d\d:\d\d:\d\d\.678 /gm, '');

describe('sraas logs', () => {
  it('puts lines together, per invocation, and says what begins and ends on stderr', async () => {
    const { exitCode, stdout, stderr } = await runWith(
      ['logs', 'hello', '-f'],
      streaming(
        frame('following', {}),
        frame('begin', { invocation_id: a, version: 3, at }),
        log(a, 'one\ntw'),
        log(b, 'other\r\n'),
        log(a, 'o\nno end'),
        end(a, {}),
        end(b, { outcome: null, code: 'INVOCATION_CANCELLED', duration_ms: 1500, logs_truncated: true }),
        frame('dropped', { bytes: 1500, events: 2 }),
        frame('removed', {}),
      ),
    );
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d\.678 aaaaaaaa {2}one\n/);
    expect(timeless(stdout)).toBe('aaaaaaaa  one\nbbbbbbbb  other\naaaaaaaa  two\naaaaaaaa  no end\n');
    expect(timeless(stderr)).toBe(
      'following hello; Ctrl-C ends\n' +
        'aaaaaaaa  -- begin hello@3\n' +
        'aaaaaaaa  -- ok in 12 ms\n' +
        'bbbbbbbb  -- INVOCATION_CANCELLED in 1.5 s · logs were cut\n' +
        '-- 2 events with 1.5 kB of logs left out here\n' +
        '-- hello was removed\n',
    );
    expect(exitCode).toBe(0);
  });

  it('shows what could steer a terminal as escapes', async () => {
    const fetch = streaming(log(a, '\u001b[2J\rfake\u202e\n'), log('\u001b[2J\n', 'x\n'), frame('removed', {}));
    const { stdout } = await runWith(['logs', 'hello', '-f'], fetch);
    expect(timeless(stdout)).toBe(String.raw`aaaaaaaa  \x1b[2J\x0dfake\u202e` + '\n' + String.raw`\x1b[2J\n  x` + '\n');
  });

  it('prints one document per line with --json, on a terminal too', async () => {
    const fetch = streaming(frame('following', {}), log(a, 'x\ny'), frame('removed', {}));
    const { exitCode, stdout, stderr } = await runWith(['logs', 'hello', '-f', '--json'], fetch);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([{ event: 'following' }, { event: 'log', invocation_id: a, text: 'x\ny', at }, { event: 'removed' }]);
    expect([exitCode, stderr]).toEqual([0, '']);
  });

  /** Sends one line, and then nothing until the client leaves. */
  const endless: Fetch = (_url, { signal }) =>
    Promise.resolve(
      new Response(
        new ReadableStream({
          start: (controller) => {
            controller.enqueue(Buffer.from(log(a, 'x\n')));
            signal?.addEventListener('abort', () => {
              controller.error(signal.reason);
            });
          },
        }),
        { headers: { 'content-type': 'text/event-stream' } },
      ),
    );

  it('ends with 0 at Ctrl-C', async () => {
    const recorded = recordWorld({ fetch: endless });
    const ran = runIn(recorded, ['logs', 'hello', '-f']);
    await vi.waitUntil(() => recorded.stdout() !== '', patience);
    recorded.sendStopSignal();
    expect(await ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(recorded.stopListeners.size).toBe(0);
    expect(recorded.exits).toEqual([]);
  });

  it('ends when nobody reads its output any more', async () => {
    const { world } = recordWorld({ fetch: endless });
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => {
        done(new Error('EPIPE'));
      },
    });
    const broken = once(stdout, 'close').catch(() => undefined);
    expect(await runCli(['logs', 'hello', '-f'], { ...world, stdout }, noAdapters)).toBe(0);
    await broken;
  });

  it('ends with 3 when the server goes, said or unsaid', async () => {
    const told = await runWith(['logs', 'hello', '-f'], streaming(frame('draining', {})));
    expect(told).toMatchObject({ exitCode: 3, stderr: '-- the server shuts down\n' });
    expect((await runWith(['logs', 'hello', '-f'], streaming())).exitCode).toBe(3);
  });

  it('asks for -f, and passes the server’s refusal on', async () => {
    const without = await runWith(['logs', 'hello'], () => Promise.reject(new Error('not asked')));
    expect(without).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('add -f') as string });
    const refusing: Fetch = () =>
      Promise.resolve(problemResponse(404, 'FUNCTION_NOT_FOUND', 'There is no function hello.'));
    expect((await runWith(['logs', 'hello', '-f'], refusing)).exitCode).toBe(2);
  });
});

const [first, second] = ['5eb94a92-b99e-45c1-8934-4f5e1bf20425', '5eb94a92-0000-45c1-8934-4f5e1bf20425'];
const invocations = [first, second].map((id) => ({ id, function: 'f', version: 2, started_at: at, state: 'running' }));

describe('sraas ps', () => {
  it('shows what waits or runs, as a table or as JSON', async () => {
    const fetch: Fetch = () => Promise.resolve(jsonResponse(200, { invocations }));
    expect((await runWith(['ps'], fetch)).stdout).toContain(`\n${first}  f@2       running  ${at}\n`);
    expect(JSON.parse((await runWith(['ps', '--json'], fetch)).stdout)).toEqual(invocations);
  });

  it('says so when there is nothing', async () => {
    const fetch: Fetch = () => Promise.resolve(jsonResponse(200, { invocations: [] }));
    expect(await runWith(['ps'], fetch)).toMatchObject({ exitCode: 0, stdout: '', stderr: 'nothing waits or runs\n' });
  });
});

describe('sraas cancel', () => {
  function server(): ReturnType<typeof vi.fn<Fetch>> {
    return vi.fn<Fetch>((_url, { method }) =>
      Promise.resolve(method === 'DELETE' ? new Response(null, { status: 204 }) : jsonResponse(200, { invocations })),
    );
  }
  const asked = (fetch: ReturnType<typeof server>): readonly string[] =>
    fetch.mock.calls.map(([url, { method }]) => `${method ?? ''} ${new URL(url).pathname}`);

  it('ends an invocation by its id', async () => {
    const fetch = server();
    expect(await runWith(['cancel', first], fetch)).toMatchObject({ exitCode: 0, stdout: `cancelled ${first}\n` });
    expect(asked(fetch)).toEqual([`DELETE /invocations/${first}`]);
  });

  it('finds it by the first characters of its id', async () => {
    const fetch = server();
    const { stdout } = await runWith(['cancel', '5eb94a92-0', '--json'], fetch);
    expect(JSON.parse(stdout)).toEqual({ cancelled: second });
    expect(asked(fetch)).toEqual(['GET /invocations', `DELETE /invocations/${second}`]);
  });

  it('finds it by the last characters, which sraas logs shows', async () => {
    const fetch = server();
    await runWith(['cancel', '0000-45c1-8934-4f5e1bf20425'], fetch);
    expect(asked(fetch)).toEqual(['GET /invocations', `DELETE /invocations/${second}`]);
  });

  it('ends none when several begin like that', async () => {
    const fetch = server();
    const ran = await runWith(['cancel', '5eb94a92'], fetch);
    expect(ran).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('2 invocations begin or end with') as string,
    });
    expect(asked(fetch)).toEqual(['GET /invocations']);
  });

  it('is wrong usage when there is none', async () => {
    const fetch: Fetch = (_url, { method }) =>
      Promise.resolve(
        method === 'DELETE'
          ? problemResponse(404, 'INVOCATION_NOT_FOUND', 'No invocation with this id runs or waits.')
          : jsonResponse(200, { invocations: [] }),
      );
    expect((await runWith(['cancel', 'abc'], fetch)).exitCode).toBe(2);
  });
});

it.each(['logs', 'ps', 'cancel'])('sraas %s has help with examples', async (command) => {
  const { exitCode, stdout } = await runWith([command, '--help'], () => Promise.reject(new Error('not asked')));
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`$ sraas ${command}`);
});
