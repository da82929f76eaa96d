/**
 * How the work whose output is being read came to its end. `answered`: its shim said so, and is still there. `gone`: nothing
 * of the sandbox runs any more, or is about to.
 */
export type WorkEnd = 'answered' | 'gone';

/**
 * The host's end of a sandbox's output: all that is written to descriptors 1 and 2 in it, in the order it was written. It is
 * always read: what nobody wants is thrown away, so that a full pipe never blocks a sandbox.
 */
export interface Output {
  /**
   * Gives what is written from now on to `sink`, which must be done with a chunk when it returns. What was written before
   * belongs to nobody.
   * @returns the mark that the shim must set around what it does next; undefined where output needs none.
   */
  begin(sink: (chunk: Uint8Array) => void): string | undefined;
  /**
   * Waits until `sink` has been given all that belongs to it, a few seconds at most; it gets nothing after that.
   * Resolves with false when the end of the output did not come.
   */
  end(how: WorkEnd): Promise<boolean>;
  /** Idempotent. */
  close(): void;
}
