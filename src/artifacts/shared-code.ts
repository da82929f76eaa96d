import type { ArtifactHash } from './artifact-hash.ts';

/** Code where all servers find it that share a database and not a disk: packed artifacts by their hashes. */
export interface SharedCode {
  /**
   * Keeps a packed artifact, durable when it resolves. What is there already is not read again, and stays for another grace time.
   * @throws SraasError `STORE_UNAVAILABLE`, `INSUFFICIENT_STORAGE`.
   */
  put(hash: ArtifactHash, packed: () => AsyncIterable<Uint8Array>): Promise<void>;
  /** The packed artifact, in pieces; undefined when it is not there. @throws SraasError `STORE_UNAVAILABLE`, also while it is read. */
  find(hash: ArtifactHash): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Removes what no version and no image refers to, once it was put longer ago than the grace time. @returns how many artifacts. */
  collect(olderThanMs: number): Promise<number>;
}
