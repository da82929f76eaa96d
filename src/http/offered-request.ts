import { IncomingMessage } from 'node:http';

/**
 * A request whose offer to speak another protocol counts for a WebSocket alone; any other offer is passed over, as RFC 9110,
 * section 7.8, lets servers do. Java's client offers HTTP/2 with each first request, and means that request nevertheless.
 */
export class OfferedRequest extends IncomingMessage {
  #isOffered = false;

  /** Node asks it whether to hand the connection over, and says before what it has read. */
  get upgrade(): boolean {
    if (this.method === 'CONNECT') return this.#isOffered;
    return this.#isOffered && this.headers.upgrade?.toLowerCase() === 'websocket';
  }

  set upgrade(isOffered: boolean | null) {
    // Said first by the constructor above, before there is anything to keep it in.
    if (isOffered !== null) this.#isOffered = isOffered;
  }
}
