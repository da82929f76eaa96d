import { once } from 'node:events';
import { connect } from 'node:net';

/** Makes a connection of its own, and drops it. Rejects when the socket takes none. */
export async function knock(socketPath: string, signal: AbortSignal): Promise<void> {
  const socket = connect({ path: socketPath });
  try {
    await once(socket, 'connect', { signal });
  } finally {
    socket.destroy();
  }
}
