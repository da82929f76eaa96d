import { describe, expect, it } from 'vitest';
import { cronFault, isTimezone, nextTime } from '../../../src/schedules/times.ts';

function timesAfter(cron: string, timezone: string, after: string, count = 3): readonly string[] {
  const times: string[] = [];
  let at = new Date(after);
  for (let i = 0; i < count; i++) {
    const next = nextTime({ cron, timezone }, at);
    if (next === undefined) break;
    times.push(next.toISOString().replace(':00.000Z', 'Z'));
    at = next;
  }
  return times;
}

describe('the next time', () => {
  it('comes after the moment that is asked about, be it a time itself or just before one', () => {
    expect(timesAfter('*/5 * * * *', 'UTC', '2026-01-01T00:00:00.000Z', 1)).toEqual(['2026-01-01T00:05Z']);
    expect(timesAfter('*/5 * * * *', 'UTC', '2026-01-01T00:04:59.999Z', 1)).toEqual(['2026-01-01T00:05Z']);
    expect(nextTime({ cron: '* * * * * *', timezone: 'UTC' }, new Date('2026-01-01T00:00:00.500Z'))).toEqual(
      new Date('2026-01-01T00:00:01.000Z'),
    );
  });

  it('is by the clock of its time zone', () => {
    expect(timesAfter('0 9 * * MON-FRI', 'Asia/Kolkata', '2026-01-01T00:00Z')).toEqual([
      '2026-01-01T03:30Z',
      '2026-01-02T03:30Z',
      '2026-01-05T03:30Z',
    ]);
    expect(timesAfter('@daily', 'UTC', '2026-01-01T00:00Z', 1)).toEqual(['2026-01-02T00:00Z']);
  });

  it('that the clock leaves out in spring comes at the end of the gap, once', () => {
    // In Berlin 02:00 is 03:00 on March 29, at 01:00 UTC.
    expect(timesAfter('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z')).toEqual([
      '2026-03-29T01:00Z',
      '2026-03-30T00:30Z',
      '2026-03-31T00:30Z',
    ]);
  });

  it('that the clock shows twice in autumn comes once, at first', () => {
    // In Berlin 03:00 is 02:00 again on October 25, at 01:00 UTC.
    expect(timesAfter('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z')).toEqual([
      '2026-10-25T00:30Z',
      '2026-10-26T01:30Z',
      '2026-10-27T01:30Z',
    ]);
  });

  it('of those that come again and again goes on through both changes of the clock, every half hour', () => {
    expect(timesAfter('*/30 * * * *', 'Europe/Berlin', '2026-10-25T00:00Z', 4)).toEqual([
      '2026-10-25T00:30Z',
      '2026-10-25T01:00Z',
      '2026-10-25T01:30Z',
      '2026-10-25T02:00Z',
    ]);
    expect(timesAfter('*/30 * * * *', 'Europe/Berlin', '2026-03-29T00:30Z', 3)).toEqual([
      '2026-03-29T01:00Z',
      '2026-03-29T01:30Z',
      '2026-03-29T02:00Z',
    ]);
  });

  it('may be years away', () => {
    expect(timesAfter('0 0 29 2 *', 'UTC', '2026-01-01T00:00Z', 2)).toEqual(['2028-02-29T00:00Z', '2032-02-29T00:00Z']);
  });
});

describe('an expression', () => {
  it.each(['* * * * *', '0 0 1 1 *', '*/5 0-23/2 L * MON-FRI', '15 30 2 * * *', '@hourly', '@yearly', '0 12 * * 1#5'])(
    'is good: %s',
    (cron) => {
      expect(cronFault(cron)).toBeUndefined();
    },
  );

  it.each([
    '',
    ' ',
    '* * * *',
    '* * * * * * *',
    '61 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '? * * * *',
    '@reboot',
    '@never',
    '2026-01-05T00:00:00',
    '0 0 31 2 *',
    '*/0 * * * *',
    'a b c d e',
    '* * * * *\n',
    `0 0 ${'1,'.repeat(200)}1 * *`,
    '* * * * \u{1f642}',
  ])('is refused: %j', (cron) => {
    expect(cronFault(cron)).toEqual(expect.any(String));
  });
});

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])('is known: %s', (name) => {
    expect(isTimezone(name)).toBe(true);
  });

  it.each(['', 'No/Where', '+01:00', '../etc/passwd', 'x'.repeat(100)])('is refused: %j', (name) => {
    expect(isTimezone(name)).toBe(false);
  });
});
