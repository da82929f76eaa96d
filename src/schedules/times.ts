import { Cron } from 'croner';

/** Times by the clock on the wall of a time zone. */
export interface Times {
  /** Five fields, or six with seconds first; or `@daily` and the like. */
  readonly cron: string;
  /** A name of the time zone database: `Europe/Berlin`. */
  readonly timezone: string;
}

const longestCron = 200;
/** Left out are `?`, which means the moment of reading, and whatever would make a single date of it. */
const fields = /^[0-9A-Za-z*,/#+-]+( +[0-9A-Za-z*,/#+-]+){4,5}$/;
const nicknames = /^@(hourly|daily|midnight|weekly|monthly|yearly|annually)$/;

/**
 * The first time after a moment; undefined when there is none, as where this machine does not know the time zone any more.
 *
 * Where clocks are set forward, a time of day that is left out (`30 2 * * *`) comes at the end of the gap, and times that come
 * again and again (`*\/5 * * * *`) go on after it. Where they are set back, a time of day comes once, at its first occurrence, and
 * times that come again and again come in both hours.
 */
export function nextTime({ cron, timezone }: Times, after: Date): Date | undefined {
  if (!isTimezone(timezone)) return undefined;
  return patternOf(cron, timezone).nextRun(after) ?? undefined;
}

/** What is wrong with an expression, said without a subject; undefined for a good one that some time matches. */
export function cronFault(cron: string): string | undefined {
  if (cron.length > longestCron || !(fields.test(cron) || nicknames.test(cron))) {
    return `must have five fields, or six with seconds first, like "*/5 * * * *", in at most ${longestCron} characters`;
  }
  try {
    return nextTime({ cron, timezone: 'UTC' }, new Date()) === undefined ? 'matches no time' : undefined;
  } catch {
    return 'has a field that is out of its range, or that cannot be read';
  }
}

/** Whether this machine knows a time zone. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Without a function to call it starts no timer of its own. */
function patternOf(cron: string, timezone: string): Cron {
  return new Cron(cron, { timezone, mode: '5-or-6-parts' });
}
