import type { Attachment } from '../engine/attachment.ts';
import type { ContainerId, Engine } from '../engine/engine.ts';
import type { Channel } from './channel.ts';
import type { Line, Transport } from './channel-transport.ts';
import { StdioChannel } from './stdio-channel.ts';
import { StdioOutput } from './stdio-output.ts';

/**
 * Frames over the container's own stdin and stdout, output over its stderr, all through one attachment of the engine. For
 * containers on another kernel, where a mounted socket or FIFO leads nowhere.
 */
export function stdioTransport(engine: Pick<Engine, 'attach'>): Transport {
  return { open: () => Promise.resolve(new StdioLine(engine)) };
}

class StdioLine implements Line {
  readonly directory = undefined;
  readonly output: StdioOutput = new StdioOutput();
  readonly #engine: Pick<Engine, 'attach'>;
  #attachment: Attachment | undefined;
  #channel: StdioChannel | undefined;
  #closed = false;

  constructor(engine: Pick<Engine, 'attach'>) {
    this.#engine = engine;
  }

  async attach(id: ContainerId): Promise<void> {
    const attachment = await this.#engine.attach(id, {
      onStdout: (piece) => this.#channel?.receive(piece),
      onStderr: (piece) => {
        this.output.receive(piece);
      },
      onEnd: () => {
        this.output.receiveEnd();
        this.#channel?.receiveEnd();
      },
    });
    if (this.#closed) attachment.close();
    else this.#attachment = attachment;
  }

  accept(maxFrameBytes: number): Promise<Channel> {
    const attachment = this.#attachment;
    if (attachment === undefined) throw new TypeError('Nothing is attached');
    const channel = new StdioChannel(attachment, maxFrameBytes);
    this.#channel = channel;
    // Not at once: the hello may have come already, and must find whoever waits for this channel listening.
    setImmediate(() => {
      attachment.resume();
    });
    return Promise.resolve(channel);
  }

  close(): void {
    this.#closed = true;
    this.#channel?.close();
    this.#attachment?.close();
    this.output.close();
  }
}
