import { SraasError, type ErrorCode, type Violation } from '../errors.ts';

/** A failure in the form in which it goes to another process. */
export type ToldFailure =
  | {
      readonly kind: 'sraas';
      readonly code: ErrorCode;
      readonly message: string;
      readonly violations: readonly Violation[];
      readonly retryAfterSeconds: number | undefined;
    }
  | { readonly kind: 'other'; readonly message: string; readonly code: string | undefined };

/** The cause stays behind: it is for the log of the process that it came from. */
export function tellFailure(error: unknown): ToldFailure {
  if (error instanceof SraasError) {
    const { code, message, violations, retryAfterSeconds } = error;
    return { kind: 'sraas', code, message, violations, retryAfterSeconds };
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return { kind: 'other', message: error instanceof Error ? error.message : String(error), code };
}

export function heardFailure(failure: ToldFailure): Error {
  if (failure.kind === 'other') return Object.assign(new Error(failure.message), { code: failure.code });
  const { code, message, violations, retryAfterSeconds } = failure;
  return new SraasError(code, message, {
    violations,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}
