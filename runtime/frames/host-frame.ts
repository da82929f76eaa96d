import { amount, count, flag, invocationId, list, name, object, optionalText, text, texts } from './fields.ts';
import type { Frame } from './frame.ts';
import { ProtocolError } from './protocol-error.ts';
import { protocolVersion } from './terms.ts';

/** What the host says, checked field by field. */
export type HostFrame =
  | {
      readonly type: 'init';
      readonly functionName: string;
      readonly functionVersion: number;
      readonly entry: { readonly file: string; readonly exportName: string; readonly sourceMaps: boolean };
      readonly env: Readonly<Record<string, string>>;
      readonly memoryLimitMb: number;
      readonly resultBytes: number;
      readonly outputMark: string | undefined;
    }
  | {
      readonly type: 'invoke';
      readonly id: string;
      readonly attempt: number;
      readonly deadlineMs: number;
      readonly remainingMs: number;
      readonly outputMark: string | undefined;
      readonly envelope: Buffer;
    }
  | {
      readonly type: 'program';
      readonly command: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly directory: string | undefined;
      readonly stdin: Buffer;
    };

/** A frame from the host, in the words of the code. Throws {@link ProtocolError} on a missing field or a wrong type. */
export function parseHostFrame({ type, head, tail }: Frame): HostFrame {
  switch (type) {
    case 'init':
      return parseInit(head);
    case 'invoke':
      return {
        type,
        id: invocationId(head),
        attempt: count(head, 'attempt'),
        deadlineMs: amount(head, 'deadline_ms'),
        remainingMs: amount(head, 'remaining_ms'),
        outputMark: optionalText(head, 'output_mark'),
        envelope: tail,
      };
    case 'program':
      return parseProgram(head, tail);
    case 'hello':
    case 'ready':
    case 'load_failed':
    case 'result':
    case 'output':
    case 'exited':
      throw new ProtocolError(`The host sent a frame that only a sandbox sends: ${type}.`);
    default:
      throw new ProtocolError(`Not a frame type: ${String(type satisfies never)}.`);
  }
}

function parseProgram(head: Frame['head'], stdin: Buffer): HostFrame {
  if (count(head, 'protocol') !== protocolVersion) throw new ProtocolError('The host speaks another version.');
  return {
    type: 'program',
    command: list(head, 'command'),
    env: texts(head, 'env'),
    directory: optionalText(head, 'directory'),
    stdin,
  };
}

function parseInit(head: Frame['head']): HostFrame {
  if (count(head, 'protocol') !== protocolVersion) throw new ProtocolError('The host speaks another version.');
  const entry = object(head, 'entry');
  return {
    type: 'init',
    functionName: name(head, 'function_name'),
    functionVersion: count(head, 'function_version'),
    entry: {
      file: text(entry, 'file'),
      exportName: text(entry, 'export'),
      sourceMaps: flag(entry, 'source_maps'),
    },
    env: texts(head, 'env'),
    memoryLimitMb: amount(head, 'memory_limit_mb'),
    resultBytes: count(head, 'result_bytes'),
    outputMark: optionalText(head, 'output_mark'),
  };
}
