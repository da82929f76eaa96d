import { randomBytes } from 'node:crypto';
import type { Output, WorkEnd } from './output.ts';

const markBytes = 16;

/** How long the end of some output may take after its shim has answered, and after its sandbox has gone. */
const defaultGraceMs: Readonly<Record<WorkEnd, number>> = { answered: 2000, gone: 5000 };

/**
 * Output that reaches the host by another way than the frames do, so that it may come before or after the frame it belongs to.
 * The shim sets the host's mark before and after a piece of work: what lies between the two is its output, and neither is ever
 * told to anybody. A mark cannot be foreseen; user code that finds it can cut or end its own output, and nothing else.
 */
export class StdioOutput implements Output {
  readonly #graceMs: Readonly<Record<WorkEnd, number>>;
  #mark: Buffer = Buffer.alloc(0);
  #sink: ((chunk: Uint8Array) => void) | undefined;
  #place: 'before the first mark' | 'between the marks' | 'behind the second mark' = 'behind the second mark';
  /** The last bytes that came, if a mark may have begun with them. */
  #held: Buffer = Buffer.alloc(0);
  #hasEnded = false;
  #onComplete: () => void = () => undefined;

  constructor(graceMs: Readonly<Record<WorkEnd, number>> = defaultGraceMs) {
    this.#graceMs = graceMs;
  }

  begin(sink: (chunk: Uint8Array) => void): string {
    const mark = randomBytes(markBytes).toString('hex');
    this.#mark = Buffer.from(mark, 'latin1');
    this.#held = Buffer.alloc(0);
    this.#sink = sink;
    this.#place = 'before the first mark';
    return mark;
  }

  /** Takes what the sandbox wrote. */
  receive(chunk: Buffer): void {
    if (this.#sink === undefined) return;
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (this.#place !== 'behind the second mark') {
      const found = rest.indexOf(this.#mark);
      if (found < 0) {
        const heldBytes = bytesOfBegunMark(rest, this.#mark);
        this.#tell(rest.subarray(0, rest.length - heldBytes));
        // A copy: the piece that it came in is used again.
        this.#held = Buffer.from(rest.subarray(rest.length - heldBytes));
        return;
      }
      this.#tell(rest.subarray(0, found));
      rest = rest.subarray(found + this.#mark.length);
      this.#pass();
    }
  }

  /** Nothing more comes. */
  receiveEnd(): void {
    this.#tellHeld();
    this.#hasEnded = true;
    this.#onComplete();
  }

  async end(how: WorkEnd): Promise<boolean> {
    const isComplete = (): boolean =>
      this.#hasEnded || (how === 'answered' && this.#place === 'behind the second mark');
    if (!isComplete()) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#graceMs[how]);
        this.#onComplete = () => {
          if (!isComplete()) return;
          clearTimeout(timer);
          resolve();
        };
      });
    }
    // What did not become a mark is what somebody wrote.
    this.#tellHeld();
    this.#sink = undefined;
    this.#onComplete = () => undefined;
    return isComplete();
  }

  close(): void {
    this.#sink = undefined;
    this.#hasEnded = true;
    this.#onComplete();
  }

  #tell(bytes: Buffer): void {
    if (this.#place === 'between the marks' && bytes.length > 0) this.#sink?.(bytes);
  }

  #tellHeld(): void {
    this.#tell(this.#held);
    this.#held = Buffer.alloc(0);
  }

  #pass(): void {
    this.#held = Buffer.alloc(0);
    if (this.#place === 'before the first mark') {
      this.#place = 'between the marks';
      return;
    }
    this.#place = 'behind the second mark';
    this.#onComplete();
  }
}

/** How many bytes at the end of a text are the beginning of a mark, but not all of it. */
function bytesOfBegunMark(bytes: Buffer, mark: Buffer): number {
  const first = mark[0];
  for (let length = Math.min(mark.length - 1, bytes.length); length > 0; length--) {
    const start = bytes.length - length;
    if (bytes[start] === first && bytes.compare(mark, 0, length, start) === 0) return length;
  }
  return 0;
}
