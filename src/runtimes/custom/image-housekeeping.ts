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
  let collecting: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    collecting = images.collect(graceMs).catch((error: unknown) => {
      onFailure('Unused images could not be looked for', error);
    });
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await collecting;
  };
}
