/** What is being done, in one line that the next one takes the place of; nothing where no terminal is. */
export class Progress {
  readonly #out: NodeJS.WriteStream;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  say(text: string): void {
    if (!this.#out.isTTY) return;
    this.clear();
    this.#out.write(text.slice(0, this.#out.columns - 1));
  }

  clear(): void {
    // Back to the line's begin, and what is on it away (ECMA-48, EL).
    if (this.#out.isTTY) this.#out.write('\r\u001b[2K');
  }
}
