import { OutputLines } from './output-lines.ts';
import type { RewrittenStep } from './rewritten.ts';

interface ProgressReaderOptions {
  readonly steps: readonly RewrittenStep[];
  /** A line to show, with the line of the Dockerfile that is at work. */
  readonly onLine: (text: string, line: number | undefined) => void;
  /** The engine has read another number of instructions than was written. No step has run yet. */
  readonly onMisread: () => void;
  /** The engine has begun something: there may be a new container, and a new image. */
  readonly onStep: () => void;
}

/** What the engine says of its own doings: ids of containers and images, which nobody needs. */
const engineChatter =
  /^( --->( Running in)?( [0-9a-f]{12})?|(Removing|Removed) intermediate container [0-9a-f]{12}|Successfully built [0-9a-f]{12}|Successfully tagged \S+)?$/;

/**
 * Reads what the classic builder writes: announces each step of the user's own by its line, leaves out ours, and hands on what the
 * steps print. A step that prints the engine's own words can at most misplace a line in its own build's log.
 */
export class ProgressReader {
  readonly #options: ProgressReaderOptions;
  readonly #lines = new OutputLines();
  readonly #ownTotal: number;
  #index = -1;
  #ownCount = 0;

  constructor(options: ProgressReaderOptions) {
    this.#options = options;
    this.#ownTotal = options.steps.filter(({ line }) => line !== undefined).length;
  }

  /** The step at work; undefined before the first. */
  get step(): RewrittenStep | undefined {
    return this.#options.steps[this.#index];
  }

  /** The line of the user's Dockerfile that is at work, which is the one before while one of ours is. */
  get userStep(): RewrittenStep | undefined {
    return this.#options.steps.slice(0, this.#index + 1).findLast(({ line }) => line !== undefined);
  }

  /** Takes one message of the engine. */
  add(piece: string): void {
    // The engine begins its own lines with a message of their own, also when a step's last line has no end.
    if (/^(Step \d+\/\d+ : | ---> |Removing intermediate container )/.test(piece)) this.end();
    for (const line of this.#lines.add(piece)) this.#read(line);
  }

  /** Shows what is left of a line without an end. */
  end(): void {
    const line = this.#lines.end();
    if (line !== undefined) this.#read(line);
  }

  #read(line: string): void {
    const { steps, onLine, onStep } = this.#options;
    if (this.#index === -1 && !line.startsWith(`Step 1/${steps.length} : `)) this.#options.onMisread();
    const announced = /^Step (\d+)\/(\d+) : /.exec(line);
    const next = steps[this.#index + 1];
    if (next !== undefined && announced?.[1] === String(this.#index + 2) && announced[2] === String(steps.length)) {
      this.#index += 1;
      this.#announce(next);
      onStep();
    } else if (engineChatter.test(line)) {
      if (line !== '') onStep();
    } else {
      onLine(line, this.userStep?.line);
    }
  }

  #announce({ title, line }: RewrittenStep): void {
    if (line === undefined) return;
    this.#ownCount += 1;
    this.#options.onLine(`Step ${this.#ownCount}/${this.#ownTotal}: ${brief(title)}`, line);
  }
}

function brief(text: string): string {
  const shown = text.replaceAll(/\s+/g, ' ');
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
}
