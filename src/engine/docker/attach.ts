import { request } from 'node:http';
import type { Socket } from 'node:net';
import type { Attachment, AttachmentEvents } from '../attachment.ts';
import { BrokenStreamError, Demultiplexer } from './demultiplexer.ts';

/**
 * Attaches to a container's standard streams: the connection of the request becomes the stream. Not made with docker-modem,
 * which would send the end of a chunked body behind the request, into the container's stdin.
 *
 * @param socketPath Path of the engine's Unix socket.
 */
export async function attach(
  socketPath: string,
  id: string,
  events: AttachmentEvents,
  signal: AbortSignal,
): Promise<Attachment> {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const call = request({
      socketPath,
      method: 'POST',
      path: `/containers/${id}/attach?stream=1&stdin=1&stdout=1&stderr=1`,
      headers: { Connection: 'Upgrade', Upgrade: 'tcp', 'Content-Length': '0' },
      agent: false,
      signal,
    });
    call.on('upgrade', (_response, connection: Socket, head) => {
      connection.pause();
      if (head.length > 0) connection.unshift(head);
      // The caller has stopped waiting: a connection that nobody owns would hold the container's streams.
      if (signal.aborted) connection.destroy();
      resolve(connection);
    });
    call.on('response', (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      reject(Object.assign(new Error(`The engine answered an attachment with status ${statusCode}`), { statusCode }));
    });
    call.on('error', reject);
    call.end();
  });
  return new DockerAttachment(socket, events);
}

class DockerAttachment implements Attachment {
  readonly #socket: Socket;
  #closed = false;

  constructor(socket: Socket, events: AttachmentEvents) {
    this.#socket = socket;
    const end = (): void => {
      if (this.#closed) return;
      this.close();
      events.onEnd();
    };
    const demultiplexer = new Demultiplexer({
      onStdout: (piece) => {
        if (!this.#closed) events.onStdout(piece);
      },
      onStderr: (piece) => {
        if (!this.#closed) events.onStderr(piece);
      },
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        demultiplexer.push(chunk);
      } catch (error) {
        if (!(error instanceof BrokenStreamError)) throw error;
        end();
      }
    });
    // Listening for data has set the stream going.
    socket.pause();
    // A container that ends with input unread breaks the connection; what it wrote has been told by then.
    socket.on('error', () => undefined);
    socket.on('end', end);
    socket.on('close', end);
  }

  resume(): void {
    this.#socket.resume();
  }

  pause(): void {
    this.#socket.pause();
  }

  write(bytes: Uint8Array): Promise<boolean> {
    return new Promise((resolve) => {
      this.#socket.write(bytes, (error) => {
        resolve(error === undefined || error === null);
      });
    });
  }

  endInput(): void {
    this.#socket.end();
  }

  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }
}
