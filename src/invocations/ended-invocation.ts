import type { FunctionVersion } from '../functions/function.ts';
import type { Reply } from './reply.ts';

/** An invocation that has ended, for those who keep account of them: with a reply, or by an error of the platform. */
export type EndedInvocation = {
  readonly invocationId: string;
  readonly version: FunctionVersion;
  /** The envelope's bytes as they came. */
  readonly envelope: Buffer;
  /** When it came. */
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** The invocation whose event it ran again. */
  readonly replayOf?: string;
} & ({ readonly reply: Reply } | { readonly error: unknown });
