import { StringDecoder } from 'node:string_decoder';
import type { World } from '../world.ts';
import { safeJson, safeText } from './safe-text.ts';

/** Where a command's words go: results to stdout, all else to stderr, so that a pipe gets results alone. */
export class Printer {
  readonly json: boolean;
  readonly #world: World;
  /** For characters whose bytes come apart. */
  readonly #decoders: { stdout?: StringDecoder; stderr?: StringDecoder } = {};

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

  /** What a program wrote: safe to look at on a terminal, and as it is in a pipe. Resolves when there is room for more. */
  async written(stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void> {
    const sink = this.#world[stream];
    if (sink.write(this.#world.isTerminal[stream] ? this.#shown(stream, bytes) : bytes) !== false) return;
    await new Promise<void>((resolve) => {
      sink.once?.('drain', resolve);
      sink.once?.('error', resolve);
    });
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

  #shown(stream: 'stdout' | 'stderr', bytes: Uint8Array): string {
    const decoder = (this.#decoders[stream] ??= new StringDecoder('utf8'));
    return safeText(decoder.write(bytes));
  }
}
