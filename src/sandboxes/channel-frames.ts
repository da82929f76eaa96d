import {
  FrameDecoder,
  maxShimHeadBytes,
  parseShimFrame,
  ProtocolError,
  type ShimFrame,
} from '../../runtime/protocol.ts';

/** Where the bytes come from. */
interface Source {
  pause(): void;
  resume(): void;
}

/** As many frames of one chunk cost nothing to speak of: those that are not small fill a chunk with one. */
const restfulFrames = 64;

/** The rest for each frame: several times what the host needs for it. */
const restMsPerFrame = 0.01;

/**
 * Makes frames of the bytes that a sandbox sends, under a cap, and finds out what breaks the protocol. Frames cost the host more
 * than the sandbox that sends them: after a chunk with very many the source has to rest, so that nobody keeps the host busy by
 * saying little in many frames. Who has as many to send for good reasons is not held up for long.
 */
export class FrameReceiver {
  readonly #source: Source;
  #decoder: FrameDecoder;
  #isHeld = false;
  #isResting = false;

  constructor(maxFrameBytes: number, source: Source) {
    this.#decoder = decoder(maxFrameBytes);
    this.#source = source;
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
      const frames = this.#decoder.push(chunk);
      if (frames.length > restfulFrames) this.#rest(frames.length * restMsPerFrame);
      for (const frame of frames) if (!onFrame(parseShimFrame(frame))) return undefined;
      return undefined;
    } catch (error) {
      if (error instanceof ProtocolError) return error.message;
      throw error;
    }
  }

  /** Lets nothing more come, but what has been read already, until `resume`. */
  pause(): void {
    this.#isHeld = true;
    this.#source.pause();
  }

  resume(): void {
    this.#isHeld = false;
    if (!this.#isResting) this.#source.resume();
  }

  #rest(forMs: number): void {
    this.#isResting = true;
    this.#source.pause();
    setTimeout(() => {
      this.#isResting = false;
      if (!this.#isHeld) this.#source.resume();
    }, forMs);
  }
}

function decoder(maxFrameBytes: number): FrameDecoder {
  return new FrameDecoder({ maxFrameBytes, maxHeadBytes: maxShimHeadBytes });
}
