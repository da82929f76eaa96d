import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

export interface LastAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The time that a client has to read it. */
const lingerMs = 1000;

/** Answers on a connection that no reply of Node's stands for, with the length as every answer has it, and closes the connection. */
export function answerLast(connection: Duplex, { status, type, body, headers = {} }: LastAnswer): void {
  const lines = Object.entries({
    ...headers,
    'Content-Type': type,
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', ''];
  connection.end(head.join('\r\n') + body);
  // Whoever then still holds the connection loses it.
  setTimeout(() => connection.destroy(), lingerMs).unref();
}
