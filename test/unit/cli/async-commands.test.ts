import { describe, expect, it, vi } from 'vitest';
import type { Fetch } from '../../../src/client/connection.ts';
import type { RecordDocument } from '../../../src/wire/record.ts';
import { recordWorld } from './recorded-world.ts';
import { jsonResponse, recordDocument } from './replies.ts';
import { runIn } from './run-command.ts';

const id = '01a53c9e-6a2b-7c50-9f0e-3d1c8f2b7a11';

async function run(commandLine: readonly string[], ...answers: readonly object[]) {
  let next = 0;
  const fetch = vi.fn<Fetch>(() => Promise.resolve(jsonResponse(200, answers[next++] ?? {})));
  const recorded = recordWorld({ fetch, terminal: true });
  const ran = await runIn(recorded, commandLine);
  const asked = fetch.mock.calls.map(([url, { method, body }]) => {
    const sent = typeof body === 'string' ? ` ${body}` : '';
    return `${method ?? ''} ${url.replace(/^http:\/\/[^/]+/, '')}${sent}`;
  });
  return { ...ran, asked };
}

const shown = (state: RecordDocument['state']): RecordDocument =>
  recordDocument({ id, mode: 'async', state, max_attempts: 3 });

describe('sraas invoke --async', () => {
  it('prints the id of what was accepted, and nothing else', async () => {
    const { exitCode, asked, stdout, stderr } = await run(
      ['invoke', 'hello', '--async', '-e', '{"a":1}'],
      shown('queued'),
    );
    expect([exitCode, stdout, stderr]).toEqual([0, `${id}\n`, '']);
    expect(asked).toEqual(['POST /functions/hello/invoke?mode=async {"version":"v1","event":{"a":1},"context":{}}']);
  });
});

describe('sraas replay --async', () => {
  it('prints the id of the new invocation', async () => {
    const { exitCode, asked, stdout } = await run(['replay', id, '--async', '--on', 'hello'], shown('queued'));
    expect([exitCode, stdout]).toEqual([0, `${id}\n`]);
    expect(asked).toEqual([`POST /invocations/${id}/replay?mode=async {"reference":"hello"}`]);
  });
});

describe('sraas invocation --wait', () => {
  it('looks until the end, and its exit code says how that was', async () => {
    const ended = await run(['invocation', id, '--wait'], shown('queued'), shown('running'), shown('succeeded'));
    expect([ended.exitCode, ended.asked.length]).toEqual([0, 3]);
    expect(ended.stdout).toContain('succeeded');
    const dead = await run(['invocation', id, '--wait'], shown('dead'));
    expect(dead.exitCode).toBe(1);
  });
});

describe('sraas dead-letters', () => {
  it('lists them, with the first line of what went wrong', async () => {
    const letter = { ...shown('dead'), outcome: 'handler_error', error: 'Error: no\u001b[2J\n    at x', attempt: 3 };
    const page = { dead_letters: [letter], next_cursor: null };
    const { asked, stdout } = await run(['dead-letters', 'list', 'hello'], page);
    expect(asked).toEqual(['GET /dead-letters?function=hello&limit=20']);
    expect(stdout).toContain('handler_error');
    expect(stdout).toContain('Error: no');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain('at x');
  });

  it('removes single ones, those of a function, or all, but never all by mistake', async () => {
    expect((await run(['dead-letters', 'rm', id])).asked).toEqual([`DELETE /dead-letters/${id}`]);
    const purged = await run(['dead-letters', 'purge', 'hello'], { removed: 1 });
    expect(purged.asked).toEqual(['DELETE /dead-letters?function=hello']);
    expect(purged.stdout).toBe('removed 1 dead letter\n');
    expect((await run(['dead-letters', 'purge', '--all'], { removed: 2 })).asked).toEqual(['DELETE /dead-letters']);
    const bare = await run(['dead-letters', 'purge']);
    expect([bare.exitCode, bare.asked]).toEqual([2, []]);
  });

  it('has one run again', async () => {
    const { asked, stdout } = await run(['dead-letters', 'replay', id, '--on', 'hello@4'], shown('queued'));
    expect(asked).toEqual([`POST /dead-letters/${id}/replay {"reference":"hello@4"}`]);
    expect(stdout).toBe(`${id}\n`);
  });
});
