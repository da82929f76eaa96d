import type { Violation } from '../errors.ts';

/**
 * The body of every error reply, `application/problem+json`. Source of the form: RFC 9457; `code`, `errors` and `request_id` are
 * our extensions.
 */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Stable, upper snake case. */
  readonly code: string;
  /** One sentence that says what to do. */
  readonly detail: string;
  /** Every reason for a refusal, where there are several. */
  readonly errors?: readonly Violation[];
  readonly request_id: string;
}
