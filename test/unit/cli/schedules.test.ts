import { describe, expect, it } from 'vitest';
import { jsonResponse, problemResponse } from './replies.ts';
import { runAgainst } from './run-command.ts';

const nightly = {
  function: 'report',
  schedule: 'nightly',
  cron: '30 2 * * *',
  timezone: 'Europe/Berlin',
  qualifier: null,
  overlap: 'skip',
  enabled: true,
  next_at: 'N',
  last_at: null,
  last_invocation_id: null,
  skipped: 0,
  problem: null,
  revision: 1,
  created_at: 'C',
  updated_at: 'U',
};
const whole = { ...nightly, event: { a: 1 }, context: {} };

async function run(commandLine: readonly string[], responses: readonly Response[], stdin = '') {
  const { requests, ...ran } = await runAgainst(responses, ['schedules', ...commandLine], { stdin });
  return { ...ran, requests: requests.map(({ method, path, body }) => [method, path, body]) };
}

const path = '/functions/report/schedules/nightly';
const set = ['set', 'report', 'nightly', '--cron', '30 2 * * *'];
const made = (): readonly Response[] => [jsonResponse(201, { outcome: 'created', ...whole })];

describe('sraas schedules set', () => {
  it('sends what was typed and nothing else', async () => {
    const ran = await run(set, made());
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'nightly of report created, next at N\n' });
    expect(ran.requests).toEqual([['PUT', path, { cron: '30 2 * * *' }]]);
  });

  it('sends everything that can be said', async () => {
    const options = ['--timezone', 'Europe/Berlin', '-f', '-', '--context', '{"c":2}', '--qualifier', 'live'];
    const ran = await run([...set, ...options, '--overlap', 'allow', '--paused'], made(), '{"a":1}');
    expect(ran.requests).toEqual([
      [
        'PUT',
        path,
        {
          cron: '30 2 * * *',
          timezone: 'Europe/Berlin',
          event: { a: 1 },
          context: { c: 2 },
          qualifier: 'live',
          overlap: 'allow',
          enabled: false,
        },
      ],
    ]);
  });

  it.each([
    [['set', 'report', 'nightly']],
    [[...set, '-e', '{', '']],
    [[...set, '-e', '{']],
    [[...set, '-e', '{}', '-f', '-']],
    [[...set, '--context', '[]']],
    [[...set, '--overlap', 'maybe']],
  ])('sends nothing when it is not understood: %j', async (commandLine) => {
    expect(await run(commandLine, [])).toMatchObject({ exitCode: 2, stdout: '', requests: [] });
  });
});

describe('the other commands on schedules', () => {
  it('list them', async () => {
    const responses = [jsonResponse(200, { schedules: [nightly, { ...nightly, schedule: 'off', next_at: null }] })];
    const ran = await run(['list', 'report'], responses);
    expect(ran.stdout).toBe(
      'NAME     CRON        TIMEZONE       NEXT    LAST\n' +
        'nightly  30 2 * * *  Europe/Berlin  N\n' +
        'off      30 2 * * *  Europe/Berlin  paused\n',
    );
    const none = await run(['list', 'report'], [jsonResponse(200, { schedules: [] })]);
    expect(none.stderr).toContain('report has no schedules');
  });

  it('show one', async () => {
    const problem = 'Function report has no alias live.';
    const ran = await run(['show', 'report', 'nightly'], [jsonResponse(200, { ...whole, skipped: 3, problem })]);
    expect(ran.stdout).toContain('event        {"a":1}\n');
    expect(ran.stdout).toContain('skipped      3\n');
    expect(ran.stdout).toContain(`problem      ${problem}\n`);
  });

  it('pause and resume one', async () => {
    const paused = await run(['pause', 'report', 'nightly'], [jsonResponse(200, { ...whole, next_at: null })]);
    expect(paused).toMatchObject({
      stdout: 'nightly of report paused\n',
      requests: [['PATCH', path, { enabled: false }]],
    });
    const resumed = await run(['resume', 'report', 'nightly'], [jsonResponse(200, whole)]);
    expect(resumed).toMatchObject({
      stdout: 'nightly of report next at N\n',
      requests: [['PATCH', path, { enabled: true }]],
    });
  });

  it('remove each for itself', async () => {
    const responses = [problemResponse(404, 'SCHEDULE_NOT_FOUND', 'Not there.'), new Response(null, { status: 204 })];
    const ran = await run(['rm', 'report', 'lost', 'nightly'], responses);
    expect(ran).toMatchObject({ stdout: 'removed nightly\n', stderr: 'error: Not there.\n' });
    expect(ran.requests).toEqual([
      ['DELETE', '/functions/report/schedules/lost', undefined],
      ['DELETE', path, undefined],
    ]);
  });
});
