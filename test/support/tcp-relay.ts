import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to another port that a test can cut, and let through again. */
export interface TcpRelay {
  readonly port: number;
  /** Breaks all connections and refuses new ones. */
  cut(): Promise<void>;
  /** Lets new connections through again. */
  mend(): Promise<void>;
  /** Keeps connections open and passes nothing on any more, as a machine does that vanished. */
  freeze(): void;
  /** Passes everything on but the ends of connections, as a network does that is slow with them. */
  holdEnds(): void;
  close(): Promise<void>;
}

export async function relayTo(targetPort: number): Promise<TcpRelay> {
  const sockets = new Set<Socket>();
  let frozen = false;
  let holdsEnds = false;
  // Half open: a machine that vanished does not answer a farewell either.
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        if (!frozen) to.write(bytes);
      });
      from.on('end', () => {
        if (!frozen && !holdsEnds) to.end();
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const cut = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    port,
    cut,
    close: cut,
    mend: () => listen(port),
    freeze: () => {
      frozen = true;
    },
    holdEnds: () => {
      holdsEnds = true;
    },
  };
}
