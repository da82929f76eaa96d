import { StringDecoder } from 'node:string_decoder';
import type { StreamedEvent } from './event-stream.ts';

type Stream = 'stdout' | 'stderr';

interface Held {
  readonly stream: Stream | 'dropped';
  readonly pieces: Buffer[];
  bytes: number;
}

/** What waits for a slow client at most; what comes beyond it is left out. */
const mostHeldBytes = 1_048_576;
/** Programs that can wait do so from here on: with room for what is on its way already. */
const enoughHeldBytes = mostHeldBytes / 2;
/** Small pieces that nobody has taken yet become one event of about this size. */
const eventBytes = 65_536;

/**
 * What a program writes, between the program and one client of any speed: as text without broken characters, or as base64. A
 * program that cannot be made to wait has something left out. The last event always finds room.
 */
export class ProgramEvents implements AsyncIterable<StreamedEvent> {
  readonly #output: 'text' | 'base64';
  readonly #decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  readonly #held: Held[] = [];
  readonly #first: StreamedEvent[] = [];
  #heldBytes = 0;
  #last: StreamedEvent | undefined;
  #hasEnded = false;
  #wake: () => void = () => undefined;
  #room: Promise<void> | undefined;
  #onRoom: () => void = () => undefined;

  constructor(output: 'text' | 'base64') {
    this.#output = output;
  }

  /** For what comes before all output. */
  begin(event: StreamedEvent): void {
    this.#first.push(event);
    this.#wake();
  }

  /** Takes what was written; the piece is copied. */
  write(stream: Stream, piece: Uint8Array): void {
    if (this.#hasEnded || piece.length === 0) return;
    if (this.#heldBytes + piece.length > mostHeldBytes) this.#drop(piece.length);
    else this.#hold(stream, Buffer.from(piece));
    this.#wake();
  }

  /** Undefined while there is room for more; else resolves when there is, or when nobody reads any more. */
  untilRoom(): Promise<void> | undefined {
    if (this.#hasEnded || this.#heldBytes < enoughHeldBytes) return undefined;
    this.#room ??= new Promise((resolve) => {
      this.#onRoom = resolve;
    });
    return this.#room;
  }

  /** @param last comes after all others. */
  end(last: StreamedEvent): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#last = last;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamedEvent, void, undefined> {
    try {
      for (;;) {
        const event = this.#next();
        if (event !== undefined) yield event;
        else if (this.#hasEnded) return;
        else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      // Nobody reads any more.
      this.#hasEnded = true;
      this.#held.length = 0;
      this.#heldBytes = 0;
      this.#tellRoom();
    }
  }

  #next(): StreamedEvent | undefined {
    const first = this.#first.shift();
    if (first !== undefined) return first;
    for (let held = this.#held.shift(); held !== undefined; held = this.#held.shift()) {
      if (held.stream === 'dropped') return { name: 'dropped', data: { bytes: held.bytes } };
      this.#heldBytes -= held.bytes;
      this.#tellRoom();
      const data = this.#dataOf(held.stream, Buffer.concat(held.pieces));
      if (data !== undefined) return { name: held.stream, data };
    }
    return this.#hasEnded ? this.#ending() : undefined;
  }

  #tellRoom(): void {
    if (this.#heldBytes >= enoughHeldBytes) return;
    this.#room = undefined;
    this.#onRoom();
  }

  /** Undefined for bytes that are only the beginning of a character. */
  #dataOf(stream: Stream, bytes: Buffer): object | undefined {
    if (this.#output === 'base64') return { base64: bytes.toString('base64') };
    const text = this.#decoders[stream].write(bytes);
    return text === '' ? undefined : { text };
  }

  /** First what was left of broken characters, then the last event. */
  #ending(): StreamedEvent | undefined {
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = this.#decoders[stream].end();
      if (text !== '') return { name: stream, data: { text } };
    }
    const last = this.#last;
    this.#last = undefined;
    return last;
  }

  #hold(stream: Stream, piece: Buffer): void {
    this.#heldBytes += piece.length;
    const newest = this.#held.at(-1);
    if (newest?.stream === stream && newest.bytes + piece.length <= eventBytes) {
      newest.pieces.push(piece);
      newest.bytes += piece.length;
    } else {
      this.#held.push({ stream, pieces: [piece], bytes: piece.length });
    }
  }

  #drop(bytes: number): void {
    const newest = this.#held.at(-1);
    if (newest?.stream === 'dropped') newest.bytes += bytes;
    else this.#held.push({ stream: 'dropped', pieces: [], bytes });
  }
}
