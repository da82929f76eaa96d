/** An error of the API, `application/problem+json` (RFC 9457). */
export interface ProblemDocument {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  /** Stable, upper snake case. */
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly ViolationDocument[];
  readonly request_id?: string;
}

export interface ViolationDocument {
  /** JSON pointer (RFC 6901) into what was sent; empty for the whole. */
  readonly pointer: string;
  readonly message: string;
}
