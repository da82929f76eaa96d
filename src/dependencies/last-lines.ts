const mostLines = 20;
const maxLineLength = 500;

/** What a package manager said last, which is where it says what went wrong. */
export class LastLines {
  readonly #lines: string[] = [];

  add(line: string): void {
    // One line for each request says nothing about the failure, and there are many.
    if (line.trim() === '' || line.startsWith('npm http ')) return;
    this.#lines.push(line.slice(0, maxLineLength));
    if (this.#lines.length > mostLines) this.#lines.shift();
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
}
