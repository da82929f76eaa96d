import { closeSync, openSync, writeSync } from 'node:fs';
import { storageError } from '../artifacts/storage-error.ts';

/**
 * Puts what comes out of a container into a file. It is written at once: the pieces are small, they come faster than a disk takes
 * them in, and nobody holds up a container that writes. So what waits is in the kernel's hands and not in this process.
 */
export class PackedOutput {
  readonly #maxBytes: number;
  readonly #onFull: () => void;
  readonly #descriptor: number;
  #bytes = 0;
  #failure: { readonly error: unknown } | undefined;

  /** @param path of a file that is not there yet. @param onFull called when it cannot take any more. */
  constructor(path: string, maxBytes: number, onFull: () => void) {
    this.#maxBytes = maxBytes;
    this.#onFull = onFull;
    this.#descriptor = openSync(path, 'wx', 0o600);
  }

  isTooLarge(): boolean {
    return this.#bytes > this.#maxBytes;
  }

  /** @throws SraasError `INSUFFICIENT_STORAGE` when the disk is full, and what else kept it from being written. */
  assertWritten(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  add(piece: Uint8Array): void {
    if (this.#isFull()) return;
    this.#bytes += piece.length;
    try {
      if (!this.isTooLarge()) {
        for (let written = 0; written < piece.length;) written += writeSync(this.#descriptor, piece, written);
      }
    } catch (error) {
      this.#failure = { error: storageError(error) };
    }
    if (this.#isFull()) this.#onFull();
  }

  #isFull(): boolean {
    return this.#failure !== undefined || this.isTooLarge();
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
