import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

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

  /** Ends every connection. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
