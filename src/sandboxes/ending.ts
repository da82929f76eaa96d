import type { ContainerExit } from '../engine/engine.ts';
import type { SraasError } from '../errors.ts';

/** How one piece of work in a sandbox came to its end; the first cause wins, and there is exactly one. */
export type Ending =
  /** The shim answered in time. */
  | { readonly cause: 'answered'; readonly answer: Answer }
  /** The host's timer fired first. */
  | { readonly cause: 'deadline'; readonly phase: Phase; readonly limitMs: number }
  /** The sandbox ended by itself. `exit` is undefined when the engine could not tell how. */
  | { readonly cause: 'died'; readonly phase: Phase; readonly exit: ContainerExit | undefined }
  /** It died, and the engine that would know how has gone as well: the platform's failure, not the function's. */
  | { readonly cause: 'engine_lost'; readonly error: SraasError }
  /** The sandbox broke the rules of the channel. */
  | { readonly cause: 'violation'; readonly reason: string }
  /** Somebody on the host no longer wanted it. */
  | { readonly cause: 'cancelled' };

/** `load`: importing the handler's module. `call`: running the handler. */
export type Phase = 'load' | 'call';

/** What a shim said about loading or about an invocation. It can lie, about itself. */
export type Answer =
  | { readonly status: 'ready'; readonly loadMs: number }
  | { readonly status: 'load_failed'; readonly error: string }
  | { readonly status: 'ok'; readonly result: Buffer; readonly durationMs: number; readonly reusable: boolean }
  | {
      readonly status: 'handler_error' | 'bad_result' | 'output_too_large';
      readonly error: string;
      readonly durationMs: number;
      readonly reusable: boolean;
    };
