import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultReplyTimeoutMs, keepAliveMs } from './connection-times.ts';
import { OfferedRequest } from './offered-request.ts';
import { answerUnparsed, problemForm, type ErrorForm } from './unparsed-requests.ts';

/** Gives a connection to Node's own server, with what has been read of it and not been answered. */
export type HandOver = (connection: Socket, bytes: Buffer) => void;

/** Serves connections, or parts of them, before Node's HTTP parser gets to see them. */
export interface ConnectionLane {
  /** Takes a new connection, whose end it sees to unless it hands it over. */
  readonly take: (connection: Socket, handOver: HandOver) => void;
  /** Ends the connections that carry nothing, and from now on each one behind its reply. */
  readonly closeIdle: () => void;
  /** Ends all that it has not handed over. */
  readonly closeAll: () => void;
}

interface HttpServerOptions {
  /** How long a client may take to read a reply once all of it has been written; as long as it may take to send a request. */
  readonly replyTimeoutMs?: number;
  /** How long a client may take to send the headers of a request. */
  readonly headersTimeoutMs?: number;
  /** How errors are told of what no app gets to see; problem documents when left out. */
  readonly errorForm?: ErrorForm;
  /** Gets every connection first; Node does when left out. */
  readonly lane?: ConnectionLane;
  /** Gets every request for a WebSocket, with its connection, which is its own to end; they are treated as others when left out. */
  readonly onUpgrade?: (request: IncomingMessage, connection: Duplex, head: Buffer) => void;
}

/** The HTTP server: the app behind a port, with limits on what a slow or silent client can hold. */
export class HttpServer {
  readonly #server: Server;
  readonly #lane: ConnectionLane | undefined;

  constructor(app: RequestListener, options: HttpServerOptions = {}) {
    const { replyTimeoutMs = defaultReplyTimeoutMs, headersTimeoutMs = 10_000, errorForm = problemForm } = options;
    const { onUpgrade, lane } = options;
    this.#lane = lane;
    this.#server = createServer({
      headersTimeout: headersTimeoutMs,
      connectionsCheckingInterval: headersTimeoutMs,
      requestTimeout: 120_000,
      keepAliveTimeout: keepAliveMs,
      maxHeaderSize: 16_384,
      // The rules for hosts require it, and answer as the API does.
      requireHostHeader: false,
      IncomingMessage: OfferedRequest,
    });
    this.#server.maxConnections = 1000;
    this.#server.on('request', (_request, response) => {
      endUnread(response, replyTimeoutMs);
    });
    // After the other, which has to listen before there is a reply.
    this.#server.on('request', app);
    // Expectations that nobody knows are passed over: RFC 9110, section 10.1.1.
    this.#server.on('checkExpectation', (request, response) => this.#server.emit('request', request, response));
    answerUnparsed(this.#server, errorForm);
    if (onUpgrade !== undefined) this.#server.on('upgrade', onUpgrade);
    if (lane !== undefined) openLane(this.#server, lane);
  }

  get isListening(): boolean {
    return this.#server.listening;
  }

  /** Resolves with the URL to call. Rejects with the system's error, EADDRINUSE for example. */
  async listen(host: string, port: number): Promise<string> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const address = this.#server.address() as AddressInfo;
    return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
  }

  /** The same at the path of a Unix socket, for whoever may enter its folder. */
  async listenAt(path: string): Promise<void> {
    this.#server.listen(path);
    await once(this.#server, 'listening');
  }

  /** Stops listening and ends connections that carry no request; those under way may end. Idempotent. */
  stopListening(): void {
    this.#server.close();
    this.#closeIdle();
  }

  /** Lets replies that are being sent reach their clients, at most so long, then ends every connection. */
  async close(withinMs: number): Promise<void> {
    this.stopListening();
    const end = performance.now() + withinMs;
    // A connection becomes idle when its reply is out; Node has no event for that.
    while ((await this.#connectionCount()) > 0 && performance.now() < end) {
      await delay(10);
      this.#closeIdle();
    }
    this.#lane?.closeAll();
    this.#server.closeAllConnections();
  }

  #closeIdle(): void {
    this.#lane?.closeIdle();
    this.#server.closeIdleConnections();
  }

  #connectionCount(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.getConnections((error, count) => {
        resolve(error === null ? count : 0);
      });
    });
  }
}

/** Has the lane get each connection before Node does: Node takes one from whoever emits it (`'connection'` of `http.Server`). */
function openLane(server: Server, lane: ConnectionLane): void {
  const listeners = server.listeners('connection') as ((connection: Socket) => void)[];
  server.removeAllListeners('connection');
  const handOver: HandOver = (connection, bytes) => {
    for (const listener of listeners) listener.call(server, connection);
    if (bytes.length > 0) connection.unshift(bytes);
    connection.resume();
  };
  server.on('connection', (connection: Socket) => {
    lane.take(connection, handOver);
  });
}

/** Lets go of a reply that nobody reads to its end: Node would keep it, and its connection, for as long as the client does. */
function endUnread(response: ServerResponse, timeoutMs: number): void {
  // The reply is complete, though still to be sent. One that goes on, as events do, has bounds of its own.
  response.once('prefinish', () => {
    // Most replies are with the kernel by now: nothing is left that a client could have kept here.
    if (response.writableLength === 0) return;
    const timer = setTimeout(() => response.destroy(), timeoutMs);
    response.once('close', () => {
      clearTimeout(timer);
    });
  });
}
