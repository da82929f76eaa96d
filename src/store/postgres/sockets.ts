import { once } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long the end waits for a database to answer the farewell. */
const farewellMs = 2000;

/**
 * The sockets under connections to PostgreSQL. The client says farewell and leaves the rest to the kernel, which waits many minutes
 * for a machine that has vanished, and so would this process.
 */
export class Sockets {
  readonly #open = new Set<Socket>();

  /** For the client, which connects it. */
  make(): Socket {
    const socket = new Socket();
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    return socket;
  }

  /** Resolves when all are closed, soon. */
  async close(): Promise<void> {
    const closed = [...this.#open].map((socket) => once(socket, 'close').catch(() => undefined));
    await Promise.race([Promise.all(closed), sleep(farewellMs, undefined, { ref: false })]);
    for (const socket of this.#open) socket.destroy();
  }
}
