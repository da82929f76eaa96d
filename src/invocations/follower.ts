import type { LiveEvent } from './live-event.ts';

/** What an event costs beside its text. */
const overheadBytes = 256;

/**
 * One reader of a function's live events: a bounded buffer between invocations, which never wait, and a reader of any speed.
 * When the buffer is full, what comes is left out, and a `dropped` event stands in its place.
 */
export class Follower implements AsyncIterable<LiveEvent> {
  readonly #bufferBytes: number;
  readonly #onClosed: (follower: Follower) => void;
  #queue: LiveEvent[] = [];
  #heldBytes = 0;
  #ended = false;
  #dropping = false;
  #wake: () => void = () => undefined;

  constructor(bufferBytes: number, onClosed: (follower: Follower) => void) {
    this.#bufferBytes = bufferBytes;
    this.#onClosed = onClosed;
  }

  get ended(): boolean {
    return this.#ended;
  }

  push(event: LiveEvent): void {
    if (this.#ended) return;
    const costBytes = costOf(event);
    // One event larger than the whole buffer still passes when nothing is ahead of it. Once full, half of it has to be read
    // first: one long gap tells more than many short ones.
    const mostBytes = this.#dropping ? this.#bufferBytes / 2 : this.#bufferBytes;
    this.#dropping = this.#queue.length > 0 && this.#heldBytes + costBytes > mostBytes;
    if (this.#dropping) this.#drop(event);
    else this.#append(event, costBytes);
  }

  /** The last event, for which there is always room. What waits is still read. */
  finish(event: LiveEvent): void {
    if (this.#ended) return;
    this.#append(event, costOf(event));
    this.#end();
  }

  /** The reader has gone: frees what it held. Idempotent. */
  close(): void {
    this.#queue = [];
    this.#heldBytes = 0;
    if (!this.#ended) this.#end();
  }

  /** Ends after the last event, or when closed. For one reader. */
  async *[Symbol.asyncIterator](): AsyncGenerator<LiveEvent, void, undefined> {
    try {
      for (;;) {
        const event = this.#queue.shift();
        if (event !== undefined) {
          this.#heldBytes -= costOf(event);
          yield event;
        } else if (this.#ended) return;
        else await this.#more();
      }
    } finally {
      this.close();
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #append(event: LiveEvent, costBytes: number): void {
    this.#queue.push(event);
    this.#heldBytes += costBytes;
    this.#wake();
  }

  #drop(event: LiveEvent): void {
    const bytes = event.type === 'log' ? Buffer.byteLength(event.text) : 0;
    const last = this.#queue.at(-1);
    if (last?.type === 'dropped') {
      this.#queue[this.#queue.length - 1] = { ...last, bytes: last.bytes + bytes, events: last.events + 1 };
    } else {
      const dropped = { type: 'dropped', bytes, events: 1 } as const;
      this.#append(dropped, costOf(dropped));
    }
  }

  #end(): void {
    this.#ended = true;
    this.#onClosed(this);
    this.#wake();
  }
}

function costOf(event: LiveEvent): number {
  return overheadBytes + (event.type === 'log' ? Buffer.byteLength(event.text) : 0);
}
