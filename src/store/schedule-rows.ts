import type { FunctionId } from '../functions/function.ts';
import type { Schedule, ScheduleDefinition } from '../schedules/schedule.ts';
import type { SchedulesTable } from './schema.ts';

/** A schedule's row joined with its function's name. */
export type ScheduleRow = SchedulesTable & { readonly function_name: string };

export function toSchedule(row: ScheduleRow): Schedule {
  return {
    functionId: row.function_id as FunctionId,
    functionName: row.function_name,
    name: row.name,
    definition: definitionFromText(row.definition),
    envelope: row.envelope,
    nextAt: dateOf(row.next_at),
    lastAt: dateOf(row.last_at),
    lastInvocationId: row.last_invocation_id ?? undefined,
    skipped: row.skipped,
    problem: row.problem === null ? undefined : (JSON.parse(row.problem) as string),
    revision: row.revision,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}

export function definitionToText({ cron, timezone, qualifier, overlap, enabled }: ScheduleDefinition): string {
  return JSON.stringify({ cron, timezone, qualifier: qualifier ?? null, overlap, enabled });
}

function definitionFromText(text: string): ScheduleDefinition {
  // Only definitionToText writes this column.
  const definition = JSON.parse(text) as Omit<ScheduleDefinition, 'qualifier'> & { readonly qualifier: string | null };
  return { ...definition, qualifier: definition.qualifier ?? undefined };
}

function dateOf(text: string | null): Date | undefined {
  return text === null ? undefined : new Date(text);
}
