import type { Build, BuildLine, BuildProblem } from '../../builds/image-build.ts';
import { SraasError } from '../../errors.ts';
import type { BuildOutcome } from './custom-runtime.ts';
import type { MadeImage } from './made-image.ts';

/** Checks an image that was built, tells of it by `say`, and gives its record. Rejects with a SraasError that says what is wrong. */
type Check = (build: Build, say: (text: string) => void, signal: AbortSignal) => Promise<MadeImage>;

/**
 * One image on its way: its build, and then the proof that it can serve. Goes on whoever stops watching; nothing of it is
 * left when it was cancelled.
 */
export class Making {
  readonly id: string;
  readonly queuedAt: Date;
  /** Resolves when it has ended, however; never rejects. */
  readonly ended: Promise<void>;
  readonly #build: Build;
  readonly #onFailure: (message: string, error: unknown) => void;
  readonly #ownLines: BuildLine[] = [];
  readonly #followers = new Set<(line: BuildLine) => void>();
  readonly #cancelled = new AbortController();
  #state: BuildOutcome = 'building';
  #problem: BuildProblem | undefined;
  #image: MadeImage | undefined;
  #endedAt: Date | undefined;

  /** @param onFailure told of a check's failure that is the platform's own. */
  constructor(build: Build, onFailure: (message: string, error: unknown) => void, check: Check) {
    this.id = build.id;
    this.queuedAt = build.queuedAt;
    this.#build = build;
    this.#onFailure = onFailure;
    this.ended = this.#run(check);
  }

  get state(): BuildOutcome {
    return this.#state;
  }

  get problem(): BuildProblem | undefined {
    return this.#problem;
  }

  get endedAt(): Date | undefined {
    return this.#endedAt;
  }

  /** The image, when it has ended well. */
  get made(): MadeImage | undefined {
    return this.#image;
  }

  /** All that was said so far, as it is kept. */
  log(): string {
    const own = this.#ownLines.map(({ text }) => `${text}\n`).join('');
    const built = this.#build.log();
    return built === '' || built.endsWith('\n') ? built + own : `${built}\n${own}`;
  }

  /** Tells of every line, those of the past first. Returns what ends it. */
  follow(onLine: (line: BuildLine) => void): () => void {
    const unfollow = this.#build.follow(onLine);
    for (const line of this.#ownLines) onLine(line);
    this.#followers.add(onLine);
    return () => {
      unfollow();
      this.#followers.delete(onLine);
    };
  }

  /** @param reason one sentence for those who wait. */
  cancel(reason = 'The build was cancelled by a request to do so.'): void {
    if (this.#state !== 'building') return;
    this.#cancelled.abort(new SraasError('RUNTIME_BUILD_FAILED', reason));
    this.#build.cancel();
  }

  /** The image, once there is one. @throws SraasError `RUNTIME_BUILD_FAILED` with the sentence that says why there is none. */
  async image(): Promise<MadeImage> {
    await this.ended;
    if (this.#image !== undefined) return this.#image;
    throw new SraasError('RUNTIME_BUILD_FAILED', this.#problem?.detail ?? 'The build failed.');
  }

  async #run(check: Check): Promise<void> {
    await this.#build.ended;
    try {
      if (this.#build.image === undefined) this.#fail(this.#build.problem ?? { detail: 'The build failed.' });
      else {
        const say = (text: string): void => {
          this.#say(text);
        };
        this.#image = await check(this.#build, say, this.#cancelled.signal);
        this.#state = 'succeeded';
      }
    } catch (error) {
      if (!(error instanceof SraasError)) this.#onFailure('An image that was built could not be tried', error);
      const detail =
        error instanceof SraasError ? error.message : 'The image could not be tried; the server log has why.';
      this.#fail({ detail });
      this.#say(detail);
    }
    this.#endedAt = new Date();
  }

  #fail(problem: BuildProblem): void {
    const { signal } = this.#cancelled;
    const isCancelled = signal.aborted || this.#build.state === 'cancelled';
    this.#state = isCancelled ? 'cancelled' : 'failed';
    this.#problem = signal.aborted ? { detail: (signal.reason as SraasError).message } : problem;
  }

  #say(text: string): void {
    const line = { at: new Date(), text };
    this.#ownLines.push(line);
    for (const tell of this.#followers) tell(line);
  }
}
