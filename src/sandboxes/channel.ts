import type { ShimFrame } from '../../runtime/protocol.ts';

/**
 * The way between host and shim, over whatever carries bytes. All that comes out of it is untrusted; frames have been
 * checked for form, and for nothing else.
 */
export interface Channel {
  /** Called for every well-formed frame, in order, until the channel has closed; not for those that arrive together with a broken one. */
  onFrame: (frame: ShimFrame) => void;
  /** Called once. `violation` says what broke the protocol; without it the other side went away. */
  onClosed: (violation: string | undefined) => void;

  readonly closed: boolean;
  /** The cap on frames from now on, in bytes. Called while the other side has nothing to say. */
  expectFrames(maxFrameBytes: number): void;
  /**
   * Sends one encoded frame, in one write. A closed channel drops it: its end has been reported.
   * @param rest What of the frame stands behind these bytes; it must not change before it has been sent.
   */
  send(frame: Buffer, rest?: Uint8Array): void;
  /** Lets no more frames come, but those that have arrived already, until `resume`: the other side then waits. */
  pause(): void;
  resume(): void;
  /** Idempotent. Reports nothing. */
  close(): void;
}
