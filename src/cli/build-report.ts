import type { BuildEvent } from '../wire/build.ts';
import { safeLine } from './terminal/safe-text.ts';
import type { Printer } from './terminal/printer.ts';

/** Shows a build while it goes on: its lines on stderr, so that a pipe gets the result alone. With `--json` it is silent. */
export class BuildReport {
  readonly #printer: Printer;
  readonly #doing: string;
  #begun = false;

  constructor(printer: Printer, subject: string, doing = 'building the image of') {
    this.#printer = printer;
    this.#doing = `${doing} ${subject}`;
  }

  readonly onEvent = (event: BuildEvent): void => {
    if (this.#printer.json) return;
    if (!this.#begun) this.#printer.note(this.#doing);
    this.#begun = true;
    switch (event.event) {
      case 'log':
        this.#printer.note(`${place(event.line)}${safeLine(event.text)}`);
        return;
      case 'dropped':
        this.#printer.note(`${place(null)}(${event.lines} lines left out: this terminal was too slow)`);
        return;
      default:
        event satisfies never;
    }
  };
}

/** The line of the Dockerfile that is being carried out, in a column of its own. */
function place(line: number | null): string {
  return `${(line === null ? '' : String(line)).padStart(4)} | `;
}
