import { isObject } from '../../documents/json-object.ts';
import { RannaRefusal } from './refusal.ts';

/** What a client asks for over the WebSocket. */
export interface SocketRequest {
  readonly operation: 'ping' | 'exec' | 'kill';
  /** Stands in every event of the operation; 0 for none. */
  readonly nonce: number;
  readonly args: unknown;
}

/** What a client is told over the WebSocket, by ranna's numbers. */
export const eventCodes = { pong: 0, error: 1, spawn: 2, log: 3, stop: 4 } as const;

const operations = ['ping', 'exec', 'kill'] as const;

/** A refused message, with the nonce where it could be read. */
export class RefusedMessage extends RannaRefusal {
  readonly nonce: number;

  constructor(message: string, nonce: number) {
    super(400, message);
    this.nonce = nonce;
  }
}

/** @throws RefusedMessage */
export function parseMessage(text: string): SocketRequest {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new RefusedMessage('the message is not valid JSON', 0);
  }
  if (!isObject(document)) throw new RefusedMessage('the message must be an object', 0);
  const { op, nonce = 0, args } = document;
  if (typeof nonce !== 'number' || !Number.isSafeInteger(nonce)) {
    throw new RefusedMessage('nonce must be a whole number', 0);
  }
  const operation = typeof op === 'number' ? operations[op] : undefined;
  if (operation === undefined) throw new RefusedMessage('invalid operation code', nonce);
  return { operation, nonce, args };
}

/** An event as text: a nonce of 0 is left out, as ranna does it. */
export function eventText(event: keyof typeof eventCodes, nonce: number, data: unknown): string {
  return JSON.stringify({ code: eventCodes[event], ...(nonce === 0 ? {} : { nonce }), data });
}
