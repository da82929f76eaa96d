import { amount, count, errorText, flag, invocationId, name } from './fields.ts';
import type { Frame, ProgramStream, ResultStatus } from './frame.ts';
import { ProtocolError } from './protocol-error.ts';
import { maxOutputBytes } from './terms.ts';

/** What a sandbox says, checked field by field. */
export type ShimFrame =
  | {
      readonly type: 'hello';
      readonly protocol: number;
      readonly language: string;
      readonly languageVersion: string;
    }
  | { readonly type: 'ready'; readonly loadMs: number }
  | { readonly type: 'load_failed'; readonly error: string }
  | ResultFrame
  | { readonly type: 'output'; readonly stream: ProgramStream; readonly bytes: Buffer }
  | ExitedFrame;

/** Exactly one of exit code and signal is there. */
export interface ExitedFrame {
  readonly type: 'exited';
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly durationMs: number;
}

export type ResultFrame = {
  readonly type: 'result';
  readonly id: string;
  readonly durationMs: number;
  readonly reusable: boolean;
} & (
  | { readonly status: 'ok'; /** Claimed to be JSON; not yet checked. */ readonly resultJson: Buffer }
  | { readonly status: Exclude<ResultStatus, 'ok'>; readonly error: string }
);

/** A frame from a sandbox, in the words of the code. Throws {@link ProtocolError} on a missing field or a wrong type. */
export function parseShimFrame({ type, head, tail }: Frame): ShimFrame {
  switch (type) {
    case 'hello':
      return {
        type,
        protocol: count(head, 'protocol'),
        language: name(head, 'language'),
        languageVersion: name(head, 'language_version'),
      };
    case 'ready':
      return { type, loadMs: amount(head, 'load_ms') };
    case 'load_failed':
      return { type, error: errorText(tail) };
    case 'result':
      return parseResult(head, tail);
    case 'output':
      return parseOutput(head, tail);
    case 'exited':
      return parseExited(head);
    case 'init':
    case 'invoke':
    case 'program':
      throw new ProtocolError(`A sandbox sent a frame that only the host sends: ${type}.`);
    default:
      throw new ProtocolError(`Not a frame type: ${String(type satisfies never)}.`);
  }
}

function parseOutput({ stream }: Frame['head'], bytes: Buffer): ShimFrame {
  if (stream !== 'stdout' && stream !== 'stderr') throw new ProtocolError('A piece of output is of no known stream.');
  if (bytes.length > maxOutputBytes) throw new ProtocolError(`A piece of output is over ${maxOutputBytes} bytes.`);
  return { type: 'output', stream, bytes };
}

function parseExited(head: Frame['head']): ExitedFrame {
  const { exit_code: exitCode, signal } = head;
  const durationMs = amount(head, 'duration_ms');
  if (signal === null && typeof exitCode === 'number' && isExitCode(exitCode)) {
    return { type: 'exited', exitCode, signal: undefined, durationMs };
  }
  if (exitCode === null && typeof signal === 'string' && /^SIG[A-Z0-9+]{1,16}$/.test(signal)) {
    return { type: 'exited', exitCode: undefined, signal, durationMs };
  }
  throw new ProtocolError('The end of a program is neither an exit code from 0 to 255 nor the name of a signal.');
}

function isExitCode(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 255;
}

function parseResult(head: Frame['head'], tail: Buffer): ResultFrame {
  const id = invocationId(head);
  const durationMs = amount(head, 'duration_ms');
  const reusable = flag(head, 'reusable');
  const { status } = head;
  switch (status) {
    case 'ok':
      return { type: 'result', id, durationMs, reusable, status, resultJson: tail };
    case 'handler_error':
    case 'bad_result':
    case 'output_too_large':
      return { type: 'result', id, durationMs, reusable, status, error: errorText(tail) };
    default:
      throw new ProtocolError('The field status of a result is not one of those there are.');
  }
}
