import type { BuildRecord, CustomRuntime } from './custom-runtime.ts';
import type { MadeImage } from './made-image.ts';

/** A runtime as a build is ordered for it. */
export type RuntimeDraft = Pick<CustomRuntime, 'name' | 'description' | 'contract' | 'createdAt'>;

/** How a build ended, to be recorded with what it changes. */
export interface EndedBuild {
  readonly build: BuildRecord;
  readonly log: string;
  /** What serves from now on; left out when the build came to nothing. */
  readonly success?: { readonly draft: RuntimeDraft; readonly image: MadeImage };
}

/**
 * Where custom runtimes are kept, each with its last build. Every call is one transaction; what it acknowledged is durable.
 * Failures are a SraasError, `STORE_UNAVAILABLE` or `INSUFFICIENT_STORAGE`, and changed nothing.
 */
export interface RuntimeStore {
  all(): Promise<readonly CustomRuntime[]>;
  /** Notes a build that begins. A name that is new gets its runtime, without an image; another keeps what it has. */
  begin(draft: RuntimeDraft, build: BuildRecord): Promise<CustomRuntime>;
  /** Records the end of a runtime's last build; undefined when the runtime is gone, or has a later build. */
  end(name: string, ended: EndedBuild): Promise<CustomRuntime | undefined>;
  /** The log of the last build; undefined when there is no such runtime. */
  log(name: string): Promise<string | undefined>;
  /** Ends the builds that an earlier run of the server left under way. */
  interrupt(problem: string, at: Date): Promise<void>;
  /** The functions of which some version names the runtime, by name, at most `limit`. */
  usedBy(name: string, limit: number): Promise<readonly string[]>;
  /** Removes a runtime unless some version names it. */
  remove(name: string): Promise<'removed' | 'missing' | 'in_use'>;
}
