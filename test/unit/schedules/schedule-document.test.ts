import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { parseScheduleDocument, parseScheduleName, parseSwitch } from '../../../src/schedules/schedule-document.ts';
import { envelopeOf } from '../../../src/schedules/schedule-wire.ts';

const cron = '*/5 * * * *';

function pointersOf(document: unknown): readonly string[] {
  try {
    parseScheduleDocument(document);
  } catch (error) {
    if (error instanceof SraasError && error.code === 'INVALID_SCHEDULE') {
      return error.violations.map(({ pointer }) => pointer);
    }
  }
  return ['it was not refused'];
}

describe('the document of a schedule', () => {
  it('needs an expression only', () => {
    expect(parseScheduleDocument({ cron })).toEqual({
      cron,
      timezone: 'UTC',
      qualifier: undefined,
      overlap: 'skip',
      enabled: true,
    });
  });

  it('may say everything', () => {
    const said = { cron: '@daily', timezone: 'Europe/Berlin', qualifier: 'live', overlap: 'allow', enabled: false };
    expect(parseScheduleDocument({ ...said, event: null, context: {} })).toEqual(said);
    expect(parseScheduleDocument({ cron, qualifier: '3' }).qualifier).toBe('3');
    expect(parseScheduleDocument({ cron, qualifier: null }).qualifier).toBeUndefined();
  });

  it('is refused with all that is wrong, each with its place', () => {
    const all = {
      cron: 'never',
      timezone: 'Mars/Olympus',
      context: [],
      qualifier: 3,
      overlap: 'maybe',
      enabled: 1,
      at: 5,
    };
    expect(pointersOf(all)).toEqual(['/at', '/cron', '/timezone', '/context', '/qualifier', '/overlap', '/enabled']);
    expect(pointersOf({})).toEqual(['/cron']);
    expect(pointersOf({ cron: 5 })).toEqual(['/cron']);
    for (const qualifier of ['', '0', '-1', '3.5', 'a b', '99999999999', ['live']]) {
      expect(pointersOf({ cron, qualifier })).toEqual(['/qualifier']);
    }
    for (const document of [null, [], 'text', 5]) expect(pointersOf(document)).toEqual(['']);
  });

  it('makes an envelope of its own bytes', () => {
    const document = '{"cron":"* * * * *", "event" : {"n":9007199254740993,"s":"\\ud800\\u0000"} ,"context":{"a":1.0}}';
    expect(envelopeOf(Buffer.from(document)).toString()).toBe(
      '{"version":"v1","event":{"n":9007199254740993,"s":"\\ud800\\u0000"},"context":{"a":1.0}}',
    );
    expect(envelopeOf(Buffer.from('{"cron":"* * * * *"}')).toString()).toBe('{"version":"v1"}');
  });
});

describe('the name of a schedule', () => {
  it('is like that of a function', () => {
    expect(parseScheduleName('every-day')).toBe('every-day');
    for (const name of ['', '1a', 'a b', 'x'.repeat(65)]) {
      expect(() => parseScheduleName(name)).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }) as Error);
    }
  });
});

describe('the document that switches', () => {
  it('says on or off and nothing else', () => {
    expect(parseSwitch({ enabled: true })).toBe(true);
    for (const document of [{}, { enabled: 'yes' }, { enabled: true, cron }, [], null]) {
      expect(() => parseSwitch(document)).toThrow(expect.objectContaining({ code: 'INVALID_SCHEDULE' }) as Error);
    }
  });
});
