const initialBytes = 4096;
const tailBytes = 8192;

/**
 * Keeps what one invocation writes, up to a cap, and only counts the rest. Copies into one growing buffer: a million one-byte
 * writes cost no more memory than their bytes.
 */
export class LogBuffer {
  readonly #maxBytes: number;
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;
  #droppedBytes = 0;
  #endIsMissing = false;
  /** The last bytes beyond the cap: a dying process says there why. */
  #tail: Buffer = Buffer.alloc(0);

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  append(chunk: Uint8Array): void {
    const room = this.#maxBytes - this.#length;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    if (kept.length < chunk.length) this.#drop(chunk.subarray(kept.length));
    if (kept.length === 0) return;
    this.#grow(this.#length + kept.length);
    this.#bytes.set(kept, this.#length);
    this.#length += kept.length;
  }

  /** Says that more was written than arrived. */
  endIsMissing(): void {
    this.#endIsMissing = true;
  }

  get truncated(): boolean {
    return this.#droppedBytes > 0 || this.#endIsMissing;
  }

  /** How many bytes the cap has cut off. */
  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  /** What was kept, as it was written; shares memory with this buffer. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** The text so far; bytes that are not UTF-8 become U+FFFD, and a cut is marked with the number of bytes left out. */
  text(): string {
    if (this.#endIsMissing) return `${this.#keptText()}\n[the end of the logs did not arrive]\n`;
    return this.#keptText();
  }

  #keptText(): string {
    if (this.#length === 0) return '';
    if (this.#droppedBytes === 0) return this.#bytes.toString('utf8', 0, this.#length);
    const end = wholeCharacters(this.#bytes, this.#length);
    return `${this.#bytes.toString('utf8', 0, end)}\n[logs cut here: ${this.#droppedBytes + this.#length - end} more bytes]\n`;
  }

  /** The end of all that was written, also of what the cap cut off; for telling how a process ended, not for people. */
  lastText(): string {
    const kept = this.#bytes.subarray(Math.max(0, this.#length - tailBytes), this.#length);
    return Buffer.concat([kept, this.#tail]).toString('utf8');
  }

  #drop(bytes: Uint8Array): void {
    this.#droppedBytes += bytes.length;
    this.#tail = Buffer.concat([this.#tail, bytes.subarray(-tailBytes)]).subarray(-tailBytes);
  }

  #grow(needed: number): void {
    if (needed <= this.#bytes.length) return;
    const size = Math.min(this.#maxBytes, Math.max(needed, this.#bytes.length * 2, initialBytes));
    const larger = Buffer.allocUnsafe(size);
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Length without a character that the cut would split: UTF-8 continuation bytes look like 10xxxxxx. */
function wholeCharacters(bytes: Buffer, length: number): number {
  for (let start = length - 1; start >= Math.max(0, length - 4); start--) {
    const byte = bytes[start] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const size = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return start + size <= length ? length : start;
  }
  return length;
}
