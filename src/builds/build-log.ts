import { SraasError } from '../errors.ts';
import type { BuildLine } from './image-build.ts';

/** What a line costs besides its text, so that a flood of empty ones is bounded as well. */
const lineOverheadBytes = 64;

const maxFollowers = 100;

/**
 * The lines of one build: kept up to a number of bytes, half of it for the first ones and half for the last, which say how it
 * ended. What was left out between is marked.
 */
export class BuildLog {
  readonly #halfBytes: number;
  readonly #first: BuildLine[] = [];
  #firstBytes = 0;
  #last: BuildLine[] = [];
  #lastBytes = 0;
  #leftOut = 0;
  readonly #followers = new Set<(line: BuildLine) => void>();

  /** @param maxBytes of text that is kept. */
  constructor(maxBytes: number) {
    this.#halfBytes = maxBytes / 2;
  }

  add(line: BuildLine): void {
    this.#keep(line);
    for (const tell of [...this.#followers]) tell(line);
  }

  get lines(): readonly BuildLine[] {
    const [next] = this.#last;
    if (this.#leftOut === 0 || next === undefined) return [...this.#first, ...this.#last];
    return [...this.#first, { at: next.at, text: `… ${this.#leftOut} lines left out …` }, ...this.#last];
  }

  text(): string {
    return this.lines.map(({ text }) => `${text}\n`).join('');
  }

  /**
   * Tells of the kept lines at once, and of each new one until it is ended. A follower that throws is not told again.
   * @throws SraasError `TOO_MANY_FOLLOWERS`.
   */
  follow(onLine: (line: BuildLine) => void): () => void {
    if (this.#followers.size >= maxFollowers) {
      throw new SraasError(
        'TOO_MANY_FOLLOWERS',
        `Already ${maxFollowers} follow this build; try again when it has ended.`,
        {
          retryAfterSeconds: 10,
        },
      );
    }
    const tell = (line: BuildLine): void => {
      try {
        onLine(line);
      } catch {
        this.#followers.delete(tell);
      }
    };
    this.#followers.add(tell);
    for (const line of this.lines) tell(line);
    return () => {
      this.#followers.delete(tell);
    };
  }

  /** Lets all followers go. */
  end(): void {
    this.#followers.clear();
  }

  #keep(line: BuildLine): void {
    const bytes = Buffer.byteLength(line.text) + lineOverheadBytes;
    if (this.#last.length === 0 && this.#firstBytes + bytes <= this.#halfBytes) {
      this.#first.push(line);
      this.#firstBytes += bytes;
      return;
    }
    this.#last.push(line);
    this.#lastBytes += bytes;
    if (this.#lastBytes <= this.#halfBytes) return;
    // A quarter more than has to go, so that not every line moves all others.
    let drop = 0;
    while (this.#lastBytes > this.#halfBytes * 0.75 && drop < this.#last.length - 1) {
      this.#lastBytes -= Buffer.byteLength(this.#last[drop]?.text ?? '') + lineOverheadBytes;
      drop += 1;
    }
    this.#leftOut += drop;
    this.#last = this.#last.slice(drop);
  }
}
