import type { Cancellation } from '../cancellation.ts';
import type { UploadedFile } from '../artifacts/upload.ts';
import type { SraasError } from '../errors.ts';
import type { FunctionConfig, Limits } from '../functions/function.ts';
import type { ResourceUse } from '../sandboxes/resource-account.ts';

/** A program that is to be run once, in a sandbox of its own. */
export interface ProgramRequest {
  /** Id of the invocation, by which it is listed and cancelled. */
  readonly id: string;
  /** Name of a built-in or custom runtime. */
  readonly runtime: string;
  /** What to start, an argument vector; empty for the image's own program, which only a custom runtime has. */
  readonly command: readonly string[];
  /** Further arguments, which stand behind those of the command, whichever that is. */
  readonly arguments: readonly string[];
  /** What is in `/function`, read-only, which is its working directory unless an image chose another. There may be none. */
  readonly files: AsyncIterable<UploadedFile> | Iterable<UploadedFile>;
  /**
   * WEAKENS: what is written to `/tmp` may be run, as a compiler's output has to be. For languages that their operator lets work
   * in a copy; no caller can ask for it. Without effect on a runtime with a shim, whose sandboxes have started before.
   */
  readonly executableTmp?: true;
  readonly stdin: Uint8Array;
  readonly environment: Readonly<Record<string, string>>;
  /** `resultBytes` bounds what is kept of stdout, `logBytes` what is kept of stderr; `timeoutMs` does not count the wait for a sandbox. */
  readonly limits: Limits;
  readonly network: FunctionConfig['network'];
  /** Ends it early when it aborts; its reason is told where it is a SraasError. */
  readonly signal: Cancellation;
  /** Told once, when it begins; its time limit counts from here. A program that never ran is not told of. */
  readonly onStarted?: () => void;
  /** Told of what is written, as it comes and without a cap; a piece is only valid during the call. */
  readonly onStdout?: (piece: Uint8Array) => void;
  readonly onStderr?: (piece: Uint8Array) => void;
  /** Asked after each piece: a program on a runtime with a shim waits until this resolves, while its time runs. */
  readonly untilRoom?: () => Promise<void> | undefined;
}

/** How a program ended: by itself, at its time limit, for want of memory, or because nobody wanted it any more. */
export type ProgramEnded = 'exited' | 'timeout' | 'out_of_memory' | 'cancelled';

/** What a program wrote, up to a cap. */
export interface ProgramOutput {
  readonly bytes: Buffer;
  /** More was written than is kept. */
  readonly isCut: boolean;
}

export interface ProgramResult {
  readonly ended: ProgramEnded;
  /** Why it was cancelled; there for that end only. */
  readonly cancelledBecause?: SraasError;
  /**
   * Undefined for a program that a signal ended, that was killed here, or of which nobody can tell. An image's own program has
   * 128 and the signal's number instead, as its init tells no more.
   */
  readonly exitCode: number | undefined;
  /** `SIGSEGV` for example. */
  readonly signal: string | undefined;
  readonly stdout: ProgramOutput;
  readonly stderr: ProgramOutput;
  /** From its start to its end, in milliseconds. */
  readonly durationMs: number;
  readonly use: ResourceUse;
}

/** The one way to run a program. */
export interface Programs {
  /**
   * Runs it, and leaves nothing of it.
   * @throws SraasError when it did not run: RUNTIME_NOT_FOUND, RUNTIME_NOT_READY, INVALID_ARTIFACT, ARTIFACT_TOO_LARGE,
   * INVALID_CONFIG, QUEUE_FULL, QUEUE_TIMEOUT, ENGINE_UNAVAILABLE, SANDBOX_START_FAILED, EGRESS_UNAVAILABLE, DRAINING,
   * INVOCATION_CANCELLED; or when the engine was lost over it. How the program ended is in what it resolves with.
   */
  run(request: ProgramRequest): Promise<ProgramResult>;
}
