import { isObject } from '../documents/json-object.ts';
import { namePattern, parseName } from '../documents/name.ts';
import { refusedDocument } from '../documents/refused-document.ts';
import { unknownMembers } from '../documents/unknown-members.ts';
import type { SraasError, Violation } from '../errors.ts';
import { readVersionNumber } from '../functions/version-number.ts';
import type { ScheduleDefinition } from './schedule.ts';
import { cronFault, isTimezone } from './times.ts';

const members = ['cron', 'timezone', 'event', 'context', 'qualifier', 'overlap', 'enabled'];

/** @throws SraasError INVALID_NAME */
export function parseScheduleName(text: string): string {
  return parseName(text, 'The name of a schedule');
}

/**
 * Checks the document of a schedule; `event` and `context` are taken from its bytes elsewhere.
 * @throws SraasError INVALID_SCHEDULE, with all that is wrong.
 */
export function parseScheduleDocument(document: unknown): ScheduleDefinition {
  if (!isObject(document)) {
    throw invalidSchedule([{ pointer: '', message: 'must be a JSON object like {"cron":"*/5 * * * *"}' }]);
  }
  const { cron, timezone = 'UTC', context, qualifier, overlap = 'skip', enabled = true } = document;
  const violations = [...unknownMembers(document, members)];
  const check = (member: string, fault: string | undefined): void => {
    if (fault !== undefined) violations.push({ pointer: `/${member}`, message: fault });
  };
  check('cron', cron === undefined ? 'is required' : typeof cron === 'string' ? cronFault(cron) : 'must be a string');
  const isKnownTimezone = typeof timezone === 'string' && isTimezone(timezone);
  check('timezone', isKnownTimezone ? undefined : 'must be the name of a time zone, like "Europe/Berlin"');
  check('context', context === undefined || isObject(context) ? undefined : 'must be an object');
  check('qualifier', qualifierFault(qualifier));
  check('overlap', overlap === 'skip' || overlap === 'allow' ? undefined : 'must be "skip" or "allow"');
  check('enabled', typeof enabled === 'boolean' ? undefined : 'must be true or false');
  if (violations.length > 0) throw invalidSchedule(violations);
  return { cron, timezone, qualifier: qualifier ?? undefined, overlap, enabled } as ScheduleDefinition;
}

/**
 * Checks the document that switches a schedule on or off.
 * @throws SraasError INVALID_SCHEDULE
 */
export function parseSwitch(document: unknown): boolean {
  if (isObject(document) && typeof document['enabled'] === 'boolean' && Object.keys(document).length === 1) {
    return document['enabled'];
  }
  throw invalidSchedule([
    { pointer: '', message: 'must be {"enabled":true} or {"enabled":false}: PUT changes the rest' },
  ]);
}

export function invalidSchedule(violations: readonly Violation[]): SraasError {
  return refusedDocument('INVALID_SCHEDULE', 'the schedule', violations);
}

function qualifierFault(qualifier: unknown): string | undefined {
  if (qualifier === undefined || qualifier === null) return undefined;
  const isGood =
    typeof qualifier === 'string' && (namePattern.test(qualifier) || readVersionNumber(qualifier) !== undefined);
  return isGood ? undefined : 'must be a string: the name of an alias, or the number of a version';
}
