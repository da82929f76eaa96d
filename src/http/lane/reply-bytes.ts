import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer } from '../../idempotency/answer.ts';
import { keepAliveMs } from '../connection-times.ts';
import { headersOf } from '../usual-call.ts';

/** Head and body of at most so many bytes leave in one piece: Node copies a text that is longer before it is tried to be sent. */
const onePieceBytes = 12_288;

const goesOn = `Connection: keep-alive\r\nKeep-Alive: timeout=${keepAliveMs / 1000}\r\n\r\n`;
const ends = 'Connection: close\r\n\r\n';

/** Writes an answer as Node would have written it: the same head, and head and body with one call of the system. */
export function writeReply(
  socket: Socket,
  {
    invocationId,
    answer,
    isLast,
  }: { readonly invocationId: string; readonly answer: Answer; readonly isLast: boolean },
): void {
  const { status, body } = answer;
  const headers = headersOf(invocationId, answer);
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (let index = 0; index < headers.length; index += 2) {
    head += `${headers[index] ?? ''}: ${headers[index + 1] ?? ''}\r\n`;
  }
  head += dateLine() + (isLast ? ends : goesOn);
  if (body.byteLength <= onePieceBytes) {
    // In latin1 every byte is a character, so none changes.
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    socket.write(head + bytes.toString('latin1'), 'latin1');
    return;
  }
  socket.cork();
  socket.write(head, 'latin1');
  socket.write(body);
  socket.uncork();
}

let toldSecond = 0;
let told = '';

/** Made once a second: to make it costs as much as all the rest of the head. */
function dateLine(): string {
  const now = Date.now();
  const second = Math.trunc(now / 1000);
  if (second !== toldSecond) {
    toldSecond = second;
    told = `Date: ${new Date(now).toUTCString()}\r\n`;
  }
  return told;
}
