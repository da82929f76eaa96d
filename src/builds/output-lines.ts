/** Longest line that is kept; more of it is cut with a mark. */
const maxLineLength = 4096;

/**
 * Makes lines of a build's output, which comes in pieces of any size. Colours and other control characters go; of a line that
 * is written over and over, as progress bars are, the last state stays.
 */
export class OutputLines {
  #open = '';

  /** @returns the lines that the piece has ended. */
  add(piece: string): readonly string[] {
    const parts = piece.split('\n');
    const last = parts.pop() ?? '';
    const ended = parts.map((part) => {
      const line = this.#open + part;
      this.#open = '';
      return cleaned(line);
    });
    // What is behind the longest that is kept need not be remembered either, save that a carriage return begins anew.
    this.#open = shortened(this.#open + last);
    return ended;
  }

  /** @returns what was written since the last line end; undefined when there is nothing. */
  end(): string | undefined {
    const line = cleaned(this.#open);
    this.#open = '';
    return line === '' ? undefined : line;
  }
}

function shortened(open: string): string {
  const text = open.slice(open.lastIndexOf('\r', open.length - 2) + 1);
  return text.length > 2 * maxLineLength ? text.slice(0, 2 * maxLineLength) : text;
}

/** What tells a terminal something: colours, titles, moves of the cursor. Source: ECMA-48. */
const terminalSequence =
  // oxlint-disable-next-line eslint/no-control-regex -- control characters are what this is for
  /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])/g;

/** Characters that would do something, or turn the direction of text around (Unicode UAX #9). */
const invisible = /(?!\t)\p{Cc}|[\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;

function cleaned(line: string): string {
  const text = line.replace(/\r+$/, '').replaceAll(terminalSequence, '');
  const shown = text
    .slice(text.lastIndexOf('\r') + 1)
    .replaceAll(invisible, '')
    .trimEnd();
  return shown.length > maxLineLength ? `${shown.slice(0, maxLineLength)}…` : shown;
}
