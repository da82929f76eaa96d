/** A line without an end is shown when it is this long, in UTF-16 units: progress bars may never end one. */
const longestHeld = 4096;

/** Puts the lines of several writers together from pieces that come in turns. */
export class LogLines {
  readonly #show: (writer: string, line: string) => void;
  readonly #held = new Map<string, string>();

  constructor(show: (writer: string, line: string) => void) {
    this.#show = show;
  }

  add(writer: string, text: string): void {
    const lines = ((this.#held.get(writer) ?? '') + text).split('\n');
    const rest = lines.pop() ?? '';
    for (const line of lines) this.#show(writer, line);
    this.#held.delete(writer);
    if (rest.length >= longestHeld) this.#show(writer, rest);
    else if (rest !== '') this.#held.set(writer, rest);
  }

  /** Shows what a writer left without an end. */
  flush(writer: string): void {
    const rest = this.#held.get(writer);
    this.#held.delete(writer);
    if (rest !== undefined) this.#show(writer, rest);
  }

  flushAll(): void {
    for (const writer of [...this.#held.keys()]) this.flush(writer);
  }
}
