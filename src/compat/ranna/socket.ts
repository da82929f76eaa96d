import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { draining } from '../../errors.ts';
import { hostCheck, type HostRules } from '../../http/host-rules.ts';
import { answerLast } from '../../http/last-answer.ts';
import { toldError, type ErrorTelling } from '../../http/told-error.ts';
import { mostBodyBytes } from './body.ts';
import { clientAddress } from './client-address.ts';
import type { RateLimit } from './rate-limit.ts';
import { errorForm, RannaRefusal, refusalOf } from './refusal.ts';
import type { RannaRuns } from './runs.ts';
import { SocketSession } from './socket-session.ts';

export interface RannaSocketParts extends HostRules, ErrorTelling {
  readonly runs: RannaRuns;
  readonly newId: () => string;
  readonly rateLimit: RateLimit;
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: ReadonlySet<string>;
}

const path = '/v1/ws';
/** A client that does not answer a ping until the next one is gone. */
const pingEveryMs = 30_000;
const mostConnections = 500;
/** The time that a client has to answer a farewell. */
const lingerMs = 1000;
/** Source: RFC 6455, section 7.4.1. */
const goingAway = 1001;

/** The door at `/v1/ws`: which connections become WebSockets, and that they end. */
export class RannaSocket {
  readonly #parts: RannaSocketParts;
  readonly #check: (request: IncomingMessage) => void;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: mostBodyBytes, perMessageDeflate: false });
  readonly #silent = new WeakSet<WebSocket>();
  readonly #pings: NodeJS.Timeout;
  #isClosed = false;

  constructor(parts: RannaSocketParts) {
    this.#parts = parts;
    this.#check = hostCheck(parts);
    // It refuses handshakes that are none in a form of its own otherwise.
    this.#server.on('wsClientError', ({ message }, connection) => {
      answer(connection, new RannaRefusal(400, message));
    });
    this.#pings = setInterval(() => {
      this.#pingAll();
    }, pingEveryMs).unref();
  }

  /** For a request that asks for another protocol. What is no WebSocket here is answered and closed. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    // It may break off before it is a WebSocket.
    connection.on('error', () => undefined);
    try {
      this.#check(request);
      if (this.#isClosed) throw draining();
      if (request.url?.replace(/\?.*/, '') !== path) {
        throw new RannaRefusal(404, `Cannot ${request.method ?? 'GET'} ${request.url ?? ''}`);
      }
      if (request.method !== 'GET') throw new RannaRefusal(405, 'Method Not Allowed');
      if (this.#server.clients.size >= mostConnections) throw new RannaRefusal(503, 'too many connections');
    } catch (error) {
      answer(connection, refusalOf(error instanceof RannaRefusal ? error : toldError(error, this.#parts, '')));
      return;
    }
    const address = clientAddress(request, this.#parts.trustedProxies);
    this.#server.handleUpgrade(request, connection, head, (socket) => {
      this.#begin(socket, address);
    });
  }

  /** Lets nobody in any more. */
  stopListening(): void {
    this.#isClosed = true;
  }

  /** Ends all connections, their programs with them. Idempotent. */
  close(): void {
    this.stopListening();
    clearInterval(this.#pings);
    for (const socket of this.#server.clients) {
      socket.close(goingAway);
      setTimeout(() => {
        socket.terminate();
      }, lingerMs).unref();
    }
  }

  #begin(socket: WebSocket, address: string): void {
    const { runs, newId, rateLimit } = this.#parts;
    socket.on('pong', () => this.#silent.delete(socket));
    new SocketSession(socket, {
      runs,
      newId,
      mayRun: () => rateLimit.take(address),
      told: (error, id) => toldError(error, this.#parts, id),
    });
  }

  #pingAll(): void {
    for (const socket of this.#server.clients) {
      if (this.#silent.has(socket)) socket.terminate();
      else {
        this.#silent.add(socket);
        socket.ping();
      }
    }
  }
}

function answer(connection: Duplex, refusal: RannaRefusal): void {
  answerLast(connection, { status: refusal.code, ...errorForm(refusal), headers: { Server: 'ranna' } });
}
