import type { CompatApi } from '../compat/compat-apis.ts';
import { isErrno } from '../errno.ts';
import { SraasError } from '../errors.ts';
import type { HttpServer } from '../http/server.ts';

/** One compatibility API behind its port. */
export interface CompatServer {
  readonly server: Pick<HttpServer, 'listen' | 'stopListening' | 'close'>;
  readonly port: number;
  /** Connections that speak another protocol by now, which the server knows nothing of. */
  readonly upgraded?: { stopListening(): void; close(): void };
}

/** The servers of all compatibility APIs that are switched on. */
export class CompatServers {
  readonly #servers: ReadonlyMap<CompatApi, CompatServer>;
  readonly #host: string;

  constructor(servers: ReadonlyMap<CompatApi, CompatServer>, host: string) {
    this.#servers = servers;
    this.#host = host;
  }

  /** Resolves with the URL of each. Rejects with a sentence when a port is taken, else with the system's error; close them then. */
  async listen(): Promise<Readonly<Partial<Record<CompatApi, string>>>> {
    const urls: Partial<Record<CompatApi, string>> = {};
    for (const [api, { server, port }] of this.#servers) urls[api] = await this.#listenAt(api, server, port);
    return urls;
  }

  async #listenAt(api: CompatApi, server: CompatServer['server'], port: number): Promise<string> {
    try {
      return await server.listen(this.#host, port);
    } catch (error) {
      if (!isErrno(error, 'EADDRINUSE')) throw error;
      throw new SraasError(
        'INTERNAL',
        `The port ${port} of the API of ${api} is taken: choose another with --${api}-port, or leave ${api} out of --compat.`,
        { cause: error },
      );
    }
  }

  /** Lets nobody in any more; what is under way may end. Idempotent. */
  stopListening(): void {
    for (const { server, upgraded } of this.#servers.values()) {
      upgraded?.stopListening();
      server.stopListening();
    }
  }

  /** Lets replies reach their clients, at most so long, then ends every connection. Idempotent. */
  async close(withinMs: number): Promise<void> {
    this.stopListening();
    await Promise.all(
      [...this.#servers.values()].map(async ({ server, upgraded }) => {
        upgraded?.close();
        await server.close(withinMs);
      }),
    );
  }
}
