import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** The HTTP server: the app behind a port, with limits on what a slow or silent client can hold. */
export class HttpServer {
  readonly #server: Server;

  constructor(app: RequestListener) {
    this.#server = createServer(
      { headersTimeout: 10_000, requestTimeout: 120_000, keepAliveTimeout: 5000, maxHeaderSize: 16_384 },
      app,
    );
    this.#server.maxConnections = 1000;
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

  /** Stops listening and ends connections that carry no request; those under way may end. Idempotent. */
  stopListening(): void {
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  /** Lets replies that are being sent reach their clients, at most so long, then ends every connection. */
  async close(withinMs: number): Promise<void> {
    this.stopListening();
    const end = performance.now() + withinMs;
    // A connection becomes idle when its reply is out; Node has no event for that.
    while ((await this.#connectionCount()) > 0 && performance.now() < end) {
      await delay(10);
      this.#server.closeIdleConnections();
    }
    this.#server.closeAllConnections();
  }

  #connectionCount(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.getConnections((error, count) => {
        resolve(error === null ? count : 0);
      });
    });
  }
}
