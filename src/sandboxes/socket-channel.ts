import { chmod } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { ShimFrame } from '../../runtime/protocol.ts';
import { FrameReceiver } from './channel-frames.ts';
import type { Channel } from './channel.ts';

/** Waits on a Unix socket for the one connection that a sandbox's shim makes; a second one is never accepted. */
export class SocketChannelListener {
  readonly #server: Server;
  readonly #connection: Promise<Socket>;

  private constructor(server: Server) {
    this.#server = server;
    this.#connection = new Promise((resolve) => {
      server.once('connection', (socket) => {
        server.close();
        resolve(socket);
      });
    });
  }

  /** @param path Host path of the socket; at most 107 bytes. Source: unix(7). */
  static async listen(path: string): Promise<SocketChannelListener> {
    const server = createServer({ allowHalfOpen: false });
    server.maxConnections = 1;
    server.listen(path);
    await once(server, 'listening');
    // The sandbox's user has to connect; its folder is closed to everybody else on the host.
    await chmod(path, 0o666);
    return new SocketChannelListener(server);
  }

  /** Resolves when the shim has connected; never, when it does not: race it. */
  async accept(maxFrameBytes: number): Promise<Channel> {
    return new SocketChannel(await this.#connection, maxFrameBytes);
  }

  close(): void {
    this.#server.close();
  }
}

class SocketChannel implements Channel {
  onFrame: (frame: ShimFrame) => void = () => undefined;
  onClosed: (violation: string | undefined) => void = () => undefined;
  readonly #socket: Socket;
  readonly #frames: FrameReceiver;
  #closed = false;

  constructor(socket: Socket, maxFrameBytes: number) {
    this.#socket = socket;
    this.#frames = new FrameReceiver(maxFrameBytes, socket);
    socket.on('data', (chunk) => {
      this.#receive(chunk);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#end(undefined);
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  expectFrames(maxFrameBytes: number): void {
    this.#frames.expectFrames(maxFrameBytes);
  }

  pause(): void {
    this.#frames.pause();
  }

  resume(): void {
    this.#frames.resume();
  }

  send(frame: Buffer, rest?: Uint8Array): void {
    if (this.#closed) return;
    if (rest !== undefined) this.#socket.cork();
    this.#socket.write(frame);
    if (rest === undefined) return;
    this.#socket.write(rest);
    this.#socket.uncork();
  }

  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    const violation = this.#frames.receive(chunk, (frame) => {
      this.onFrame(frame);
      return !this.#closed;
    });
    if (violation !== undefined) this.#end(violation);
  }

  #end(violation: string | undefined): void {
    if (this.#closed) return;
    this.close();
    this.onClosed(violation);
  }
}
