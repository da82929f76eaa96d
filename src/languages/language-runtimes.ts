import type { Languages } from './language.ts';
import { wantedRuntimes, type WantedRuntime } from './wanted-runtimes.ts';

interface LanguageRuntimesParts {
  readonly languages: Pick<Languages, 'list'>;
  /** Whether there is a runtime of the name that has an image, or is about to have one. */
  readonly isThere: (runtime: string) => boolean;
  readonly make: (wanted: WantedRuntime) => Promise<void>;
  readonly onMade: (wanted: WantedRuntime) => void;
  readonly onFailure: (wanted: WantedRuntime, error: unknown) => void;
  readonly clock: () => Date;
}

/** After this time what could not be made is tried again, in milliseconds. */
const tryAgainMs = 600_000;

/** Has runtimes made of the images that languages name, one after the other. */
export class LanguageRuntimes {
  readonly #parts: LanguageRuntimesParts;
  readonly #triedAt = new Map<string, Date>();

  constructor(parts: LanguageRuntimesParts) {
    this.#parts = parts;
  }

  /** Makes those that are not there. Never rejects: one that cannot be made keeps none of the others from it. */
  async makeMissing(ending: AbortSignal): Promise<void> {
    const { languages, onMade, onFailure } = this.#parts;
    for (const wanted of wantedRuntimes(languages)) {
      if (ending.aborted) return;
      if (!this.#isDue(wanted)) continue;
      await this.#parts.make(wanted).then(
        () => {
          onMade(wanted);
        },
        (error: unknown) => {
          // A stop ends builds as well, which is no failure of theirs.
          if (!ending.aborted) onFailure(wanted, error);
        },
      );
    }
  }

  /** Another image of the same name is another matter, and due at once. */
  #isDue({ name, dockerfile }: WantedRuntime): boolean {
    const { isThere, clock } = this.#parts;
    if (isThere(name)) return false;
    const now = clock();
    const triedAt = this.#triedAt.get(dockerfile);
    if (triedAt !== undefined && now.getTime() - triedAt.getTime() < tryAgainMs) return false;
    this.#triedAt.set(dockerfile, now);
    return true;
  }
}
