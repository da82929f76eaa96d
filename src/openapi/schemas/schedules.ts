import type {
  ScheduleDefinitionDocument,
  ScheduleDocument,
  ScheduleSummary,
  SetScheduleReply,
} from '../../wire/schedule.ts';
import type { SecretDocument, SetSecretReply } from '../../wire/secret.ts';
import {
  anything,
  anyObject,
  closed,
  closedAs,
  count,
  invocationId,
  listOf,
  nullable,
  oneWordOf,
  positive,
  text,
  time,
  told,
  truth,
  type Schema,
} from '../schema.ts';
import { name } from './name.ts';

const cron = told('Five fields, or six with seconds first; or @hourly and the like', text);
const overlap = told('What becomes of a time while the run before has not ended', oneWordOf(['skip', 'allow']));
const outcome = oneWordOf(['created', 'updated']);

/** Schedules, and secrets, of which no document has the value. */
export function scheduleSchemas(): Readonly<Record<string, Schema>> {
  const kept = { event: anything, context: anyObject };
  return {
    ScheduleDefinition: closedAs<ScheduleDefinitionDocument>(
      { cron },
      {
        timezone: told('A name like Europe/Berlin', { ...text, default: 'UTC' }),
        event: { default: {} },
        context: { ...anyObject, default: {} },
        qualifier: told('The name of an alias or the number of a version', nullable(text)),
        overlap: { ...overlap, default: 'skip' },
        enabled: { ...truth, default: true },
      },
    ),
    ScheduleSwitch: closed({ enabled: truth }),
    ScheduleSummary: closedAs<ScheduleSummary>(summary, {}),
    Schedule: closedAs<ScheduleDocument>({ ...summary, ...kept }, {}),
    SetScheduleReply: closedAs<SetScheduleReply>({ ...summary, ...kept, outcome }, {}),
    SecretValue: closed({
      value: told('1 to 32,768 bytes in UTF-8, without NUL', {
        type: 'string',
        minLength: 1,
        maxLength: 32_768,
        writeOnly: true,
      }),
    }),
    Secret: closedAs<SecretDocument>(secret, {}),
    SetSecretReply: closedAs<SetSecretReply>({ ...secret, outcome }, {}),
  };
}

const summary = {
  function: name,
  schedule: name,
  cron,
  timezone: text,
  qualifier: nullable(text),
  overlap,
  enabled: truth,
  next_at: told('Null while it is switched off', nullable(time)),
  last_at: nullable(time),
  last_invocation_id: nullable(invocationId),
  skipped: told('Times that were left out because the run before had not ended', count),
  problem: told('Why the last time that came was not run', nullable(text)),
  revision: positive,
  created_at: time,
  updated_at: time,
} satisfies Record<keyof ScheduleSummary, Schema>;

const secret = {
  name,
  created_at: time,
  updated_at: time,
  used_by: told('The functions of which a version names it', listOf(name)),
} satisfies Record<keyof SecretDocument, Schema>;
