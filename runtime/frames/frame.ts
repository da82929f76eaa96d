/** A frame's number on the wire. Numbers below 128 come from the host. */
export const frameNumbers = {
  init: 1,
  invoke: 2,
  program: 3,
  hello: 129,
  ready: 130,
  load_failed: 131,
  result: 132,
  output: 133,
  exited: 134,
} as const;

export type FrameType = keyof typeof frameNumbers;

/**
 * A text that nobody can foresee. Where it is given, the shim writes it to its output just before it runs user code for this
 * frame, and again just before it sends the frame that answers: so the host finds the output of one piece of work in a stream
 * that arrives by another way than the frames.
 */
type OutputMark = string;

export interface InitHead {
  readonly protocol: number;
  readonly function_name: string;
  readonly function_version: number;
  readonly entry: {
    /** Path of the module below the code folder, with `/` separators. */
    readonly file: string;
    readonly export: string;
    /** Whether stacks are to be told through the source maps beside the code. */
    readonly source_maps: boolean;
  };
  /** Added to the environment before the handler is loaded. */
  readonly env: Readonly<Record<string, string>>;
  readonly memory_limit_mb: number;
  /** Most bytes of a result's JSON text. */
  readonly result_bytes: number;
  readonly output_mark?: OutputMark;
}

/** The tail is the caller's whole envelope, already validated by the host. */
export interface InvokeHead {
  readonly id: string;
  /** How many times this invocation has been begun, this time among them: 1, 2, … */
  readonly attempt: number;
  /** Epoch milliseconds. */
  readonly deadline_ms: number;
  /** Milliseconds until the deadline when the frame was written; immune to clocks that disagree. */
  readonly remaining_ms: number;
  readonly output_mark?: OutputMark;
}

/** What comes in the place of `init` where a program is run once instead of a handler. The tail is its standard input. */
export interface ProgramHead {
  readonly protocol: number;
  /** The whole argument vector, at least the name of what is started. */
  readonly command: readonly string[];
  /** Added to the environment that the shim has. */
  readonly env: Readonly<Record<string, string>>;
  /** The program's working directory; the code folder when left out. */
  readonly directory?: string;
}

export interface HelloHead {
  readonly protocol: number;
  readonly language: string;
  readonly language_version: string;
}

export interface ReadyHead {
  readonly load_ms: number;
}

/** The tail is the error text. */
export type LoadFailedHead = Readonly<Record<string, never>>;

export type ResultStatus = 'ok' | 'handler_error' | 'bad_result' | 'output_too_large';

/** The tail is the result's JSON text when the status is `ok`, else the error text. */
export interface ResultHead {
  readonly id: string;
  readonly status: ResultStatus;
  /** The handler's own time. */
  readonly duration_ms: number;
  /** False when the sandbox should serve nobody else. */
  readonly reusable: boolean;
}

export type ProgramStream = 'stdout' | 'stderr';

/** The tail is what a program has written to that stream, in the order in which it did. */
export interface OutputHead {
  readonly stream: ProgramStream;
}

/** The program has ended, and all that it wrote has been told. Exactly one of the first two is null. */
export interface ExitedHead {
  /** 0 to 255. */
  readonly exit_code: number | null;
  /** `SIGSEGV` for example. */
  readonly signal: string | null;
  /** From its start to its end. */
  readonly duration_ms: number;
}

/** The head that each type of frame has. */
export interface Heads {
  readonly init: InitHead;
  readonly invoke: InvokeHead;
  readonly program: ProgramHead;
  readonly hello: HelloHead;
  readonly ready: ReadyHead;
  readonly load_failed: LoadFailedHead;
  readonly result: ResultHead;
  readonly output: OutputHead;
  readonly exited: ExitedHead;
}

/** A frame whose layout is sound and whose head is any JSON object. */
export interface Frame {
  readonly type: FrameType;
  readonly head: Readonly<Record<string, unknown>>;
  /** May share memory with the chunk that it came in. */
  readonly tail: Buffer;
}
