const endOfHead = '\r\n\r\n';
const lengthHeader = /\r\ncontent-length: *(\d+)(?=\r\n)/gi;

/** How much of an unexpected reply an error shows, in characters. */
const shownLength = 500;

/** Reads one reply at a time, of HTTP/1.1 with `content-length`, and looks at no more of it than it has to. */
export class ReplyReader {
  #head: string | undefined;
  /** What came before the head was whole. */
  #before: Buffer | undefined;
  #kept: Buffer[] | undefined;
  #missingBytes = 0;

  /** A reply is next. @param keep Whether its body is kept for `body()`. */
  expect(keep: boolean): void {
    this.#head = undefined;
    this.#before = undefined;
    this.#kept = keep ? [] : undefined;
  }

  /**
   * Takes the first `length` bytes, of which it keeps nothing but copies.
   *
   * @returns Whether the reply is whole.
   * @throws Error with what came, when that is no reply of status 200 with a length, or more than it.
   */
  take(bytes: Buffer, length: number): boolean {
    let bodyAt = 0;
    if (this.#head === undefined) {
      const come =
        this.#before === undefined
          ? bytes.subarray(0, length)
          : Buffer.concat([this.#before, bytes.subarray(0, length)]);
      const headEnds = come.indexOf(endOfHead, 0, 'latin1');
      if (headEnds === -1) {
        this.#before = Buffer.from(come);
        return false;
      }
      this.#startBody(come, headEnds);
      bodyAt = headEnds + endOfHead.length - (come.length - length);
    }
    this.#missingBytes -= length - bodyAt;
    this.#kept?.push(Buffer.from(bytes.subarray(bodyAt, length)));
    if (this.#missingBytes < 0) throw new Error(`${-this.#missingBytes} bytes more than the reply has: ${this.read()}`);
    return this.#missingBytes === 0;
  }

  /** The body, when it was to be kept. */
  body(): string | undefined {
    return this.#kept === undefined ? undefined : Buffer.concat(this.#kept).toString();
  }

  /** The beginning of what has come, for an error. */
  read(): string {
    const text =
      this.#head === undefined ? this.#before?.toString('latin1') : `${this.#head}${endOfHead}${this.body() ?? ''}`;
    return (text ?? '').slice(0, shownLength);
  }

  #startBody(come: Buffer, headEnds: number): void {
    const head = come.toString('latin1', 0, headEnds);
    this.#head = head;
    const lengths = [...`${head}\r\n`.matchAll(lengthHeader)];
    const [length] = lengths;
    if (!head.startsWith('HTTP/1.1 200 ') || lengths.length !== 1 || length === undefined) {
      throw new Error(`Not a reply of status 200 with a length: ${come.toString('latin1', 0, headEnds + shownLength)}`);
    }
    this.#missingBytes = Number(length[1]);
  }
}
