import type { ImageUse, Contract } from './image-use.ts';
import type { ImageKey } from './made-image.ts';

/** `interrupted` builds are those that a stop of the server ended: they are stored as `failed`. */
export type BuildOutcome = 'building' | 'succeeded' | 'failed' | 'cancelled';

/** The last build that was ordered for a runtime. Its log is kept apart, as it can be long. */
export interface BuildRecord {
  readonly id: string;
  readonly state: BuildOutcome;
  readonly queuedAt: Date;
  readonly endedAt: Date | undefined;
  /** One sentence; undefined unless it failed or was cancelled. */
  readonly problem: string | undefined;
  /** Line of the Dockerfile that the problem is at, from 1; undefined where there is none. */
  readonly problemLine: number | undefined;
}

/** A runtime that was made from somebody's Dockerfile. */
export interface CustomRuntime {
  readonly name: string;
  readonly description: string;
  readonly contract: Contract;
  /** The image that serves; undefined until the first build has succeeded. */
  readonly imageKey: ImageKey | undefined;
  readonly use: ImageUse | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly lastBuild: BuildRecord;
}
