import { abortSignalOf, type Cancellation } from '../cancellation.ts';
import type { Languages } from './language.ts';
import { runtimeNotMade, runtimeOnItsWay, wantedRuntimes, type WantedRuntime } from './wanted-runtimes.ts';

/** What stands under the name of a wanted runtime: nothing to start from, somebody's build, its image, or what is to be used as it is. */
export type Standing =
  { readonly state: 'missing' | 'building' | 'others' } | { readonly state: 'made'; readonly origin: string };

interface LanguageRuntimesParts {
  readonly languages: Pick<Languages, 'list'>;
  readonly standing: (runtime: string) => Standing;
  /** Makes it, or makes it anew where its image is another one by now. */
  readonly make: (wanted: WantedRuntime) => Promise<void>;
  /** Asks a registry for an image again. Resolves with false when it cannot be had from one now. */
  readonly fetch: (image: string) => Promise<boolean>;
  readonly onFailure: (wanted: WantedRuntime, error: unknown) => void;
  readonly onNotFetched: (images: readonly string[]) => void;
  readonly clock: () => Date;
  /** The time that a program waits for its runtime at most, in milliseconds. */
  readonly waitMs?: number;
}

/** After this time what could not be made is tried again without anybody asking for it, in milliseconds. */
const tryAgainMs = 600_000;

/** Has runtimes made of the images that languages name. */
export class LanguageRuntimes {
  readonly #parts: LanguageRuntimesParts;
  readonly #triedAt = new Map<string, Date>();
  /** What was told last of a runtime that could not be made, by its name. */
  readonly #told = new Map<string, string>();
  /** By their Dockerfiles: who needs one that is being made waits for it. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(parts: LanguageRuntimesParts) {
    this.#parts = parts;
  }

  /** Makes those that are not there, one after the other. Never rejects: one that cannot be made keeps none of the others from it. */
  async makeMissing(ending: AbortSignal): Promise<void> {
    for (const wanted of wantedRuntimes(this.#parts.languages)) {
      if (ending.aborted) return;
      if (!this.#isDue(wanted)) continue;
      await this.#makeOrTell(wanted, ending);
    }
  }

  /**
   * Makes the runtime that a program is about to run on, if languages name an image for it and it is not there.
   * @throws SraasError `RUNTIME_NOT_READY` when it cannot be made, or takes long, in which case it goes on; the signal's reason.
   */
  async need(name: string, signal: Cancellation): Promise<void> {
    const wanted = wantedRuntimes(this.#parts.languages).find((each) => each.name === name);
    if (wanted === undefined || !this.#canBeMade(wanted)) return;
    const { waitMs = 30_000 } = this.#parts;
    const patience = AbortSignal.any([abortSignalOf(signal), AbortSignal.timeout(waitMs)]);
    await Promise.race([this.#make(wanted), aborted(patience)]).catch((error: unknown) => {
      throw runtimeNotMade(wanted, error);
    });
    signal.throwIfAborted();
    if (patience.aborted) throw runtimeOnItsWay(wanted);
  }

  /**
   * Asks registries for the images anew, and makes the runtimes anew whose image has changed. Never rejects: a runtime whose image
   * cannot be had, or that cannot be made, stays as it is.
   */
  async refresh(ending: AbortSignal): Promise<void> {
    const { languages, standing, fetch, onNotFetched } = this.#parts;
    const missed: string[] = [];
    for (const wanted of wantedRuntimes(languages)) {
      if (ending.aborted) return;
      if (standing(wanted.name).state !== 'made') continue;
      if (!(await fetch(wanted.image).catch(() => false))) missed.push(wanted.image);
      await this.#makeOrTell(wanted, ending);
    }
    if (missed.length > 0) onNotFetched(missed);
  }

  #makeOrTell(wanted: WantedRuntime, ending: AbortSignal): Promise<void> {
    return this.#make(wanted).then(
      () => {
        this.#told.delete(wanted.name);
      },
      (error: unknown) => {
        // A stop ends builds as well, which is no failure of theirs.
        if (ending.aborted) return;
        const failure = String(error);
        if (this.#told.get(wanted.name) !== failure) this.#parts.onFailure(wanted, error);
        this.#told.set(wanted.name, failure);
      },
    );
  }

  #make(wanted: WantedRuntime): Promise<void> {
    const { dockerfile } = wanted;
    const underWay = this.#underWay.get(dockerfile);
    if (underWay !== undefined) return underWay;
    this.#triedAt.set(dockerfile, this.#parts.clock());
    const making = this.#parts.make(wanted).finally(() => this.#underWay.delete(dockerfile));
    this.#underWay.set(dockerfile, making);
    return making;
  }

  /** Another image of the same name is another matter, and due at once. */
  #isDue(wanted: WantedRuntime): boolean {
    if (!this.#canBeMade(wanted)) return false;
    const triedAt = this.#triedAt.get(wanted.dockerfile);
    return triedAt === undefined || this.#parts.clock().getTime() - triedAt.getTime() >= tryAgainMs;
  }

  /** Also one that was made of another image, or for another way to run it, before the languages changed. */
  #canBeMade({ name, dockerfile, origin }: WantedRuntime): boolean {
    if (this.#underWay.has(dockerfile)) return true;
    const standing = this.#parts.standing(name);
    return standing.state === 'missing' || (standing.state === 'made' && standing.origin !== origin);
  }
}

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener('abort', () => {
        resolve();
      });
  });
}
