/** What comes out of a container. Every piece is only valid during the call, and comes in the order of its own stream. */
export interface AttachmentEvents {
  readonly onStdout: (piece: Buffer) => void;
  readonly onStderr: (piece: Buffer) => void;
  /** Called once, after all that the container has written: it has ended, or the engine has gone. */
  readonly onEnd: () => void;
}

/**
 * A container's standard streams, held by this process. Nothing is told before `resume`, and nothing after `close`. What comes
 * is never kept: it is told and forgotten, so that a container that floods costs no memory.
 */
export interface Attachment {
  /** Lets the container's output come; it stays where it is until then. */
  resume(): void;
  /** Leaves the output where it is until the next `resume`; what has been read already is still told. */
  pause(): void;
  /**
   * Writes to the container's stdin. Resolves with true when the engine has taken the bytes, and with false when nobody will:
   * the container reads as fast as it likes, or never. The bytes must not change until then.
   */
  write(bytes: Uint8Array): Promise<boolean>;
  /** Ends the container's stdin, after what has been written. */
  endInput(): void;
  /** Lets go, and thereby ends the container's stdin. Idempotent. */
  close(): void;
}
