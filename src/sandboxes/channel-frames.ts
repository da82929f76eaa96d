import {
  FrameDecoder,
  maxShimHeadBytes,
  parseShimFrame,
  ProtocolError,
  type ShimFrame,
} from '../../runtime/protocol.ts';

/** Makes frames of the bytes that a sandbox sends, under a cap, and finds out what breaks the protocol. */
export class FrameReceiver {
  #decoder: FrameDecoder;

  constructor(maxFrameBytes: number) {
    this.#decoder = decoder(maxFrameBytes);
  }

  /** The cap from now on, in bytes. Called while the other side has nothing to say. */
  expectFrames(maxFrameBytes: number): void {
    this.#decoder = decoder(maxFrameBytes);
  }

  /**
   * Hands over the frames that end in a chunk, in order, as long as `onFrame` wants more.
   * @returns what broke the protocol; undefined when all is well.
   */
  receive(chunk: Buffer, onFrame: (frame: ShimFrame) => boolean): string | undefined {
    try {
      for (const frame of this.#decoder.push(chunk)) if (!onFrame(parseShimFrame(frame))) return undefined;
      return undefined;
    } catch (error) {
      if (error instanceof ProtocolError) return error.message;
      throw error;
    }
  }
}

function decoder(maxFrameBytes: number): FrameDecoder {
  return new FrameDecoder({ maxFrameBytes, maxHeadBytes: maxShimHeadBytes });
}
