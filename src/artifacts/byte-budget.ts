import type { ArtifactLimits } from './limits.ts';
import { tooLarge } from './refusal.ts';

/** Counts the bytes that an upload really expands to and stops it the moment there are too many, whatever its headers declared. */
export class ByteBudget {
  readonly #totalBytes: number;
  #spentBytes = 0;

  constructor(limits: Pick<ArtifactLimits, 'totalBytes'>) {
    this.#totalBytes = limits.totalBytes;
  }

  /** Throws `ARTIFACT_TOO_LARGE` once the total is passed. */
  spend(sizeBytes: number): void {
    this.#spentBytes += sizeBytes;
    if (this.#spentBytes > this.#totalBytes) throw tooLarge('its expanded files', this.#totalBytes, 'bytes');
  }
}
