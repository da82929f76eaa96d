import { memberBytes } from '../documents/json-bytes.ts';
import { eventAndContext, withMembers } from '../history/embedded-members.ts';
import type { ScheduleSummary, SetScheduleReply } from '../wire/schedule.ts';
import type { Schedule } from './schedule.ts';

/** A schedule as clients see it in lists, without what its runs get. */
export function scheduleToWire(schedule: Schedule): ScheduleSummary {
  const { definition } = schedule;
  return {
    function: schedule.functionName,
    schedule: schedule.name,
    cron: definition.cron,
    timezone: definition.timezone,
    qualifier: definition.qualifier ?? null,
    overlap: definition.overlap,
    enabled: definition.enabled,
    next_at: schedule.nextAt?.toISOString() ?? null,
    last_at: schedule.lastAt?.toISOString() ?? null,
    last_invocation_id: schedule.lastInvocationId ?? null,
    skipped: schedule.skipped,
    problem: schedule.problem ?? null,
    revision: schedule.revision,
    created_at: schedule.createdAt.toISOString(),
    updated_at: schedule.updatedAt.toISOString(),
  };
}

/** The JSON text of a schedule with `event` and `context`, which are embedded as the bytes that they came as. */
export function encodeSchedule(schedule: Schedule, besides: Partial<Pick<SetScheduleReply, 'outcome'>> = {}): Buffer {
  return withMembers({ ...besides, ...scheduleToWire(schedule) }, eventAndContext(schedule.envelope));
}

/** The envelope of each run, made of the bytes of a schedule's document. */
export function envelopeOf(document: Uint8Array): Buffer {
  const sent = [...(memberBytes(document) ?? [])].filter(([name]) => name === 'event' || name === 'context');
  return withMembers({ version: 'v1' }, sent);
}
