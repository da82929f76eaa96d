import type { ShimFrame } from '../../runtime/protocol.ts';
import type { Attachment } from '../engine/attachment.ts';
import { FrameReceiver } from './channel-frames.ts';
import type { Channel } from './channel.ts';

/** Frames over a container's own stdin and stdout. The attachment outlives it: output still comes when frames no longer do. */
export class StdioChannel implements Channel {
  onFrame: (frame: ShimFrame) => void = () => undefined;
  onClosed: (violation: string | undefined) => void = () => undefined;
  readonly #attachment: Pick<Attachment, 'write' | 'pause' | 'resume'>;
  readonly #frames: FrameReceiver;
  #closed = false;

  constructor(attachment: Pick<Attachment, 'write' | 'pause' | 'resume'>, maxFrameBytes: number) {
    this.#attachment = attachment;
    this.#frames = new FrameReceiver(maxFrameBytes, attachment);
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
    // One frame is under way at a time, since the next is only sent after its answer: there is nothing to hold back.
    if (this.#closed) return;
    void this.#attachment.write(frame);
    if (rest !== undefined) void this.#attachment.write(rest);
  }

  close(): void {
    this.#closed = true;
  }

  /** Takes what came from the container's stdout. */
  receive(piece: Buffer): void {
    if (this.#closed) return;
    const violation = this.#frames.receive(piece, (frame) => {
      this.onFrame(frame);
      return !this.#closed;
    });
    if (violation !== undefined) this.#end(violation);
  }

  /** The attachment has ended. */
  receiveEnd(): void {
    this.#end(undefined);
  }

  #end(violation: string | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClosed(violation);
  }
}
