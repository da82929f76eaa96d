import type { Cancellation } from '../cancellation.ts';
import type { Ending } from './ending.ts';
import type { LogBuffer } from './log-buffer.ts';
import type { ResourceUse } from './resource-account.ts';

/** One run of a program. */
export interface ProgramInput {
  readonly stdin: Uint8Array;
  /** Wall clock from its start, in milliseconds. */
  readonly timeoutMs: number;
  /** Most bytes of each stream that are kept; the rest is read and dropped. */
  readonly maxStdoutBytes: number;
  readonly maxStderrBytes: number;
  /** Ends it early when it aborts. */
  readonly signal?: Cancellation;
  /** Told once, when it has been started; its time counts from here. */
  readonly onStarted?: () => void;
  /** Told of what is written, as it comes and without a cap; a piece is only valid during the call. */
  readonly onStdout?: (piece: Uint8Array) => void;
  readonly onStderr?: (piece: Uint8Array) => void;
  /**
   * Asked after each piece: what is told waits for somebody until this resolves. A program behind a shim waits as well, while its
   * time runs; that of an image is told of on and on.
   */
  readonly untilRoom?: () => Promise<void> | undefined;
}

/** How a program can end: by itself, by its time limit, because nobody wants it any more, or with its engine. */
export type ProgramEnding = Extract<Ending, { cause: 'died' | 'deadline' | 'cancelled' | 'engine_lost' }>;

/** What came of one run. What the program wrote before it ended is there, however it ended. */
export interface ProgramEnd {
  readonly ending: ProgramEnding;
  /** Name of the signal that ended it, where that can be told from an exit code. */
  readonly signal?: string;
  readonly stdout: LogBuffer;
  readonly stderr: LogBuffer;
  /** Milliseconds from its start to its end, by the host's clock. */
  readonly elapsedMs: number;
  readonly use: ResourceUse;
}

/** A program with all that it needs to run once: in a container of its image's own, or behind a shim. */
export interface ReadyProgram {
  /**
   * Runs it to its end, once.
   * @throws SraasError ENGINE_UNAVAILABLE, SANDBOX_START_FAILED when it could not be started.
   */
  run(input: ProgramInput): Promise<ProgramEnd>;
  /** Kills what runs, and leaves nothing. Idempotent; never rejects. Must be called, whatever happened. */
  release(): Promise<void>;
}
