import { SraasError, type Violation } from '../errors.ts';
import { namePattern } from '../functions/function-name.ts';
import { pointerTo } from '../functions/json-pointer.ts';
import { isVersionNumber } from '../functions/version-number.ts';
import type { ScheduleDefinition } from './schedule.ts';
import { cronFault, isTimezone } from './times.ts';

const members = ['cron', 'timezone', 'event', 'context', 'qualifier', 'overlap', 'enabled'];
const maxViolations = 100;

/** @throws SraasError INVALID_NAME */
export function parseScheduleName(text: string): string {
  if (namePattern.test(text)) return text;
  throw new SraasError(
    'INVALID_NAME',
    'The name of a schedule starts with a letter and has at most 64 letters, digits, "_" and "-".',
  );
}

/**
 * Checks the document of a schedule; `event` and `context` are taken from its bytes elsewhere.
 * @throws SraasError INVALID_SCHEDULE, with all that is wrong.
 */
export function parseScheduleDocument(document: unknown): ScheduleDefinition {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw invalidSchedule([{ pointer: '', message: 'must be a JSON object like {"cron":"*/5 * * * *"}' }]);
  }
  const {
    cron,
    timezone = 'UTC',
    context,
    qualifier,
    overlap = 'skip',
    enabled = true,
  } = document as Record<string, unknown>;
  const violations: Violation[] = Object.keys(document)
    .filter((name) => !members.includes(name))
    .map((name) => ({ pointer: pointerTo(name), message: `is not known; known here are ${members.join(', ')}` }));
  const check = (member: string, fault: string | undefined): void => {
    if (fault !== undefined) violations.push({ pointer: `/${member}`, message: fault });
  };
  check('cron', cron === undefined ? 'is required' : typeof cron === 'string' ? cronFault(cron) : 'must be a string');
  const isKnownTimezone = typeof timezone === 'string' && isTimezone(timezone);
  check('timezone', isKnownTimezone ? undefined : 'must be the name of a time zone, like "Europe/Berlin"');
  check('context', context === undefined || isRecord(context) ? undefined : 'must be an object');
  check('qualifier', qualifierFault(qualifier));
  check('overlap', overlap === 'skip' || overlap === 'allow' ? undefined : 'must be "skip" or "allow"');
  check('enabled', typeof enabled === 'boolean' ? undefined : 'must be true or false');
  if (violations.length > 0) throw invalidSchedule(violations.slice(0, maxViolations));
  return { cron, timezone, qualifier: qualifier ?? undefined, overlap, enabled } as ScheduleDefinition;
}

/**
 * Checks the document that switches a schedule on or off.
 * @throws SraasError INVALID_SCHEDULE
 */
export function parseSwitch(document: unknown): boolean {
  if (isRecord(document) && typeof document['enabled'] === 'boolean' && Object.keys(document).length === 1) {
    return document['enabled'];
  }
  throw invalidSchedule([
    { pointer: '', message: 'must be {"enabled":true} or {"enabled":false}: PUT changes the rest' },
  ]);
}

export function invalidSchedule(violations: readonly Violation[]): SraasError {
  const [first] = violations;
  const place = first === undefined || first.pointer === '' ? 'the document' : first.pointer.slice(0, 80);
  const rest = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  return new SraasError(
    'INVALID_SCHEDULE',
    `Correct the schedule: ${place} ${first?.message ?? 'is not valid'}${rest}.`,
    {
      violations,
    },
  );
}

function qualifierFault(qualifier: unknown): string | undefined {
  if (qualifier === undefined || qualifier === null) return undefined;
  const isGood =
    typeof qualifier === 'string' &&
    (namePattern.test(qualifier) || (/^[1-9]\d*$/.test(qualifier) && isVersionNumber(Number(qualifier))));
  return isGood ? undefined : 'must be a string: the name of an alias, or the number of a version';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
