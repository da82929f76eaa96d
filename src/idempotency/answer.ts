import type { ErrorCode, Violation } from '../errors.ts';

/** A reply, in the form in which it can be given again. */
export interface Answer {
  readonly status: number;
  /** Those that belong to the answer; what every reply has is not among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** An error that ended a request by the caller's own fault. Told again it is the repeat's own error, with its request id. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly violations: readonly Violation[];
  readonly headers: Readonly<Record<string, string>>;
}

export type KeptAnswer =
  { readonly kind: 'answer'; readonly answer: Answer } | { readonly kind: 'refusal'; readonly refusal: Refusal };

/** One line of JSON, and after it the body byte for byte. */
export function encodeKept(kept: KeptAnswer): Uint8Array {
  if (kept.kind === 'refusal') return Buffer.from(`${JSON.stringify({ refusal: kept.refusal })}\n`);
  const { status, headers, body } = kept.answer;
  return Buffer.concat([Buffer.from(`${JSON.stringify({ status, headers })}\n`), body]);
}

export function decodeKept(bytes: Uint8Array): KeptAnswer {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.indexOf('\n');
  const head = JSON.parse(buffer.toString('utf8', 0, end)) as { readonly refusal: Refusal } | Omit<Answer, 'body'>;
  if ('refusal' in head) return { kind: 'refusal', refusal: head.refusal };
  return { kind: 'answer', answer: { ...head, body: buffer.subarray(end + 1) } };
}
