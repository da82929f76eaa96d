import { randomBytes } from 'node:crypto';
import { BuildLog } from './build-log.ts';
import type { BuildRunEnd } from './build-run.ts';
import type { Build, BuildLine, BuildProblem, BuildState, BuiltImageFacts } from './image-build.ts';

/** One build as those see it who ordered it. */
export class BuildRecord implements Build {
  /** 128 random bits: it also names the image, which nobody may guess. */
  readonly id: string = randomBytes(16).toString('hex');
  readonly recipeHash: string;
  readonly queuedAt: Date;
  readonly ended: Promise<void>;
  readonly #clock: () => Date;
  readonly #log: BuildLog;
  readonly #cancelling = new AbortController();
  #state: BuildState = 'queued';
  #endedAt: Date | undefined;
  #problem: BuildProblem | undefined;
  #image: BuiltImageFacts | undefined;
  #tellEnded: () => void = () => undefined;

  constructor(recipeHash: string, options: { readonly clock: () => Date; readonly logBytes: number }) {
    this.recipeHash = recipeHash;
    this.#clock = options.clock;
    this.#log = new BuildLog(options.logBytes);
    this.queuedAt = this.#clock();
    this.ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
  }

  get state(): BuildState {
    return this.#state;
  }

  get endedAt(): Date | undefined {
    return this.#endedAt;
  }

  get problem(): BuildProblem | undefined {
    return this.#problem;
  }

  get image(): BuiltImageFacts | undefined {
    return this.#image;
  }

  /** Aborted with a sentence when the build is to end. */
  get cancelled(): AbortSignal {
    return this.#cancelling.signal;
  }

  log(): string {
    return this.#log.text();
  }

  follow(onLine: (line: BuildLine) => void): () => void {
    return this.#log.follow(onLine);
  }

  cancel(reason = 'The build was cancelled.'): void {
    if (this.#endedAt === undefined) this.#cancelling.abort(reason);
  }

  begin(): void {
    this.#state = 'building';
  }

  say(text: string, line?: number): void {
    this.#log.add({ at: this.#clock(), text, ...(line === undefined ? {} : { line }) });
  }

  /** Once; the last line says how it ended. */
  end(how: BuildRunEnd): void {
    if (how.end === 'built') {
      this.#state = 'succeeded';
      this.#image = how.image;
    } else {
      this.#state = how.end;
      this.#problem = how.problem;
      this.say(how.problem.detail, how.problem.line);
    }
    this.#endedAt = this.#clock();
    this.#log.end();
    this.#tellEnded();
  }
}
