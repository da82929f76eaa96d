import type { LimitsDocument } from './function-config.ts';
import type { Outcome } from './outcome.ts';
import type { ProblemDocument } from './problem.ts';

/** A program to run once. Code, or files, or a runtime whose image has a program of its own. */
export interface ProgramDocument {
  /** A language, or a built-in or custom runtime. */
  readonly runtime: string;
  /** The text of a program, which becomes the file that its language names. */
  readonly code?: string;
  /** Whether the code is an expression, to be wrapped by its language's template. */
  readonly inline?: boolean;
  /** Texts, or bytes, by their paths. */
  readonly files?: Readonly<Record<string, string | { readonly base64: string }>>;
  /** What to start instead of what the language, or the image, names. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly stdin?: string;
  readonly stdin_base64?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: Partial<LimitsDocument>;
  readonly network?: 'none' | 'egress';
  /** How the reply shows what was written; `text` when left out. */
  readonly output?: 'text' | 'base64';
}

/** How a program went. */
export interface ProgramFacts {
  readonly invocation: {
    readonly id: string;
    /** `ok` for exit code 0, `exited` for any other end of its own, `timeout`, `out_of_memory`. */
    readonly outcome: Extract<Outcome, 'ok' | 'exited' | 'timeout' | 'out_of_memory'>;
  };
  /** More was written than the limit keeps. */
  readonly stdout_truncated: boolean;
  readonly stderr_truncated: boolean;
  /** Null for a program that was killed, here or by a signal. */
  readonly exit_code: number | null;
  /** `SIGSEGV` for example; null for a program that no signal ended. */
  readonly signal: string | null;
  readonly timed_out: boolean;
  readonly out_of_memory: boolean;
  /** From its start to its end, with fractions. */
  readonly duration_ms: number;
  /** Highest memory use of its sandbox; null where the kernel cannot tell. */
  readonly max_memory_bytes: number | null;
  /** Processor time of all its processes; null where the kernel cannot tell. */
  readonly cpu_ms: number | null;
}

/** The reply to a program. What is not UTF-8 in its output has U+FFFD in its place, unless base64 was asked for. */
export interface ProgramReply extends ProgramFacts {
  readonly stdout: string;
  readonly stderr: string;
}

/** Text, or base64 where that was asked for. */
type Piece = { readonly text: string } | { readonly base64: string };

/** One event of a program that is followed, by its name on the wire. */
export type ProgramEvent =
  | { readonly event: 'started'; readonly id: string }
  /** Whole characters, but not always whole lines. */
  | ({ readonly event: 'stdout' | 'stderr' } & Piece)
  /** The reader was too slow for an image's own program, which waits for nobody: so many bytes were left out here. */
  | { readonly event: 'dropped'; readonly bytes: number }
  /** The last event: how it went. */
  | ({ readonly event: 'ended' } & ProgramFacts)
  /** The last event of a program that could not be run, or was cancelled. */
  | ({ readonly event: 'error' } & ProblemDocument);
