import { repeat } from '../../repeat.ts';
import type { CustomImages } from './custom-images.ts';

interface HousekeepingParts {
  readonly images: Pick<CustomImages, 'collect'>;
  /** The time that an image stays which nothing refers to. */
  readonly graceMs: number;
  readonly everyMs: number;
  readonly onFailure: (message: string, error: unknown) => void;
}

/** Removes the images of old runtimes and versions now and then. Returns what ends it. */
export function collectImages({ images, graceMs, everyMs, onFailure }: HousekeepingParts): () => Promise<void> {
  return repeat({
    work: () => images.collect(graceMs),
    everyMs,
    onFailure: (error) => {
      onFailure('Unused images could not be looked for', error);
    },
  });
}
