import type { World } from '../world.ts';
import { safeJson, safeText } from './safe-text.ts';

/** Where a command's words go: results to stdout, all else to stderr, so that a pipe gets results alone. */
export class Printer {
  readonly json: boolean;
  readonly #world: World;

  constructor(world: World, json: boolean) {
    this.#world = world;
    this.json = json;
  }

  /** One line of human-readable result. */
  line(text: string): void {
    this.block(`${text}\n`);
  }

  /** Lines of human-readable result that end with a newline already. */
  block(text: string): void {
    this.#world.stdout.write(safeText(text));
  }

  /** What a program wrote: safe to look at on a terminal, and as it is in a pipe. */
  written(stream: 'stdout' | 'stderr', text: string): void {
    this.#world[stream].write(this.#world.isTerminal[stream] ? safeText(text) : text);
  }

  /** A result for machines: one JSON document, over several lines when a person looks at it. */
  document(value: unknown): void {
    this.#world.stdout.write(`${safeJson(value, this.#world.isTerminal.stdout ? 2 : undefined)}\n`);
  }

  /** One of many documents for machines: always on one line. */
  documentLine(value: unknown): void {
    this.#world.stdout.write(`${safeJson(value)}\n`);
  }

  /** A remark that is no result. */
  note(text: string): void {
    this.#world.stderr.write(`${safeText(text)}\n`);
  }

  /** A remark on what goes on, for somebody who watches. */
  progress(text: string): void {
    if (this.#world.isTerminal.stderr && !this.json) this.note(text);
  }
}
