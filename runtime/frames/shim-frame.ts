import { amount, count, errorText, flag, invocationId, name } from './fields.ts';
import type { Frame, ResultStatus } from './frame.ts';
import { ProtocolError } from './protocol-error.ts';

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
  | ResultFrame;

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
    case 'init':
    case 'invoke':
      throw new ProtocolError(`A sandbox sent a frame that only the host sends: ${type}.`);
    default:
      throw new ProtocolError(`Not a frame type: ${String(type satisfies never)}.`);
  }
}

function parseResult(head: Frame['head'], tail: Buffer): ResultFrame {
  const common = {
    type: 'result',
    id: invocationId(head),
    durationMs: amount(head, 'duration_ms'),
    reusable: flag(head, 'reusable'),
  } as const;
  const { status } = head;
  switch (status) {
    case 'ok':
      return { ...common, status, resultJson: tail };
    case 'handler_error':
    case 'bad_result':
    case 'output_too_large':
      return { ...common, status, error: errorText(tail) };
    default:
      throw new ProtocolError('The field status of a result is not one of those there are.');
  }
}
