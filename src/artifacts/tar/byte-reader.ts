/** Cuts a stream of chunks into pieces of known size. One reader at a time. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);
  #bodyBytes = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next bytes, in memory: fewer than asked for only at the end of the source. */
  async take(sizeBytes: number): Promise<Buffer> {
    while (this.#rest.length < sizeBytes) {
      const chunk = await this.#pull();
      if (chunk === undefined) break;
      this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    }
    return this.#cut(sizeBytes);
  }

  /** Announces that the next bytes are a body: whoever reads it may stop at any point, `body` goes on from there. */
  expectBody(sizeBytes: number): void {
    this.#bodyBytes = sizeBytes;
  }

  /** What is left of the body, as it comes, none of it kept. Ends early at the end of the source: ask `missingBytes` afterwards. */
  async *body(): AsyncGenerator<Uint8Array, void, undefined> {
    while (this.#bodyBytes > 0) {
      if (this.#rest.length === 0) {
        const chunk = await this.#pull();
        if (chunk === undefined) return;
        this.#rest = chunk;
      }
      const piece = this.#cut(this.#bodyBytes);
      this.#bodyBytes -= piece.length;
      yield piece;
    }
  }

  /** How much of the body has not been read. */
  get missingBytes(): number {
    return this.#bodyBytes;
  }

  /** Gives the source up, so that files and decoders behind it are closed. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  #cut(sizeBytes: number): Buffer {
    const piece = this.#rest.subarray(0, sizeBytes);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  async #pull(): Promise<Buffer | undefined> {
    const next = await this.#source.next();
    if (next.done) return undefined;
    return Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
  }
}
