import type { BuildOutcome, BuildRecord, CustomRuntime } from '../runtimes/custom/custom-runtime.ts';
import type { Contract, ImageUse } from '../runtimes/custom/image-use.ts';
import type { ImageKey } from '../runtimes/custom/made-image.ts';
import type { RuntimesTable } from './schema.ts';

/** A runtime's row without its log, joined with how its image serves. */
export type RuntimeRow = Omit<RuntimesTable, 'build_log'> & { readonly serves_as: string | null };

type BuildColumns = Pick<
  RuntimesTable,
  'build_id' | 'build_state' | 'build_queued_at' | 'build_ended_at' | 'build_problem' | 'build_problem_line'
>;

export function toRuntime(row: RuntimeRow): CustomRuntime {
  return {
    name: row.name,
    description: JSON.parse(row.description) as string,
    contract: row.contract as Contract,
    imageKey: (row.image_key ?? undefined) as ImageKey | undefined,
    use: (row.serves_as ?? undefined) as ImageUse | undefined,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    lastBuild: {
      id: row.build_id,
      state: row.build_state as BuildOutcome,
      queuedAt: new Date(row.build_queued_at),
      endedAt: row.build_ended_at === null ? undefined : new Date(row.build_ended_at),
      problem: row.build_problem === null ? undefined : (JSON.parse(row.build_problem) as string),
      problemLine: row.build_problem_line ?? undefined,
    },
  };
}

export function toBuildColumns(build: BuildRecord): BuildColumns {
  return {
    build_id: build.id,
    build_state: build.state,
    build_queued_at: build.queuedAt.toISOString(),
    build_ended_at: build.endedAt?.toISOString() ?? null,
    build_problem: build.problem === undefined ? null : JSON.stringify(build.problem),
    build_problem_line: build.problemLine ?? null,
  };
}
