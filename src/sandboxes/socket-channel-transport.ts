import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sandboxPaths } from '../../runtime/protocol.ts';
import type { Channel } from './channel.ts';
import type { Line, Transport } from './channel-transport.ts';
import { fifosOnDemand, type FifoMaker } from './fifo-stock.ts';
import { OutputPipe } from './output-pipe.ts';
import { SocketChannelListener } from './socket-channel.ts';

/**
 * Frames over a Unix socket and output through a FIFO, both in a folder that is mounted into the sandbox. The fastest, for
 * containers that share this machine's kernel.
 */
export class SocketTransport implements Transport {
  readonly #fifos: FifoMaker;

  constructor(fifos: FifoMaker = fifosOnDemand) {
    this.#fifos = fifos;
  }

  async open(directory: string): Promise<Line> {
    // Searchable for the sandbox's user, through the mount; the folder above it is closed to everybody else.
    await mkdir(directory, { mode: 0o711 });
    const output = await OutputPipe.make(join(directory, sandboxPaths.outputFifo), this.#fifos);
    try {
      const listener = await SocketChannelListener.listen(join(directory, sandboxPaths.channelSocket));
      return new SocketLine(directory, output, listener);
    } catch (error) {
      output.close();
      throw error;
    }
  }
}

class SocketLine implements Line {
  readonly directory: string;
  readonly output: OutputPipe;
  readonly #listener: SocketChannelListener;
  #channel: Channel | undefined;

  constructor(directory: string, output: OutputPipe, listener: SocketChannelListener) {
    this.directory = directory;
    this.output = output;
    this.#listener = listener;
  }

  attach(): Promise<void> {
    return Promise.resolve();
  }

  async accept(maxFrameBytes: number): Promise<Channel> {
    this.#channel = await this.#listener.accept(maxFrameBytes);
    return this.#channel;
  }

  close(): void {
    this.#listener.close();
    this.#channel?.close();
    this.output.close();
  }
}
