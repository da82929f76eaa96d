import { ProtocolError } from '../protocol.ts';
import { bufferToText, hasOwn, parseJson } from './originals.ts';

export interface Envelope {
  readonly event: unknown;
  readonly context: Readonly<Record<string, unknown>>;
}

/** The caller's event and context. The host has checked the envelope; one that it cannot have let through is its fault. */
export function parseEnvelope(bytes: Buffer): Envelope {
  let envelope: unknown;
  try {
    envelope = parseJson(bufferToText(bytes));
  } catch {
    throw new ProtocolError('The envelope is not JSON.');
  }
  if (!isObject(envelope)) throw new ProtocolError('The envelope is not an object.');
  const context = own(envelope, 'context') ?? {};
  if (!isObject(context)) throw new ProtocolError('The context in the envelope is not an object.');
  const event = own(envelope, 'event');
  return { event: event === undefined ? {} : event, context };
}

function own(target: Readonly<Record<string, unknown>>, key: string): unknown {
  return hasOwn(target, key) ? target[key] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
