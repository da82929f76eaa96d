import { streamed, type StreamedEvent } from './event-stream.ts';

/** More than a build says while a client's connection stalls for a moment. */
const capacity = 2000;

/**
 * Events between those who tell them, and never wait, and one client of any speed. What comes while it is full is left out,
 * and a `dropped` event says how many; the last event always finds room.
 */
export class EventQueue implements AsyncIterable<StreamedEvent> {
  readonly #events: StreamedEvent[] = [];
  #dropped = 0;
  #ended = false;
  #wake: () => void = () => undefined;

  push(event: StreamedEvent): void {
    if (this.#ended) return;
    if (this.#events.length >= capacity) this.#dropped += 1;
    else {
      this.#tellOfDropped();
      this.#events.push(event);
    }
    this.#wake();
  }

  /** @param last comes after all others. */
  end(last?: StreamedEvent): void {
    if (this.#ended) return;
    this.#tellOfDropped();
    if (last !== undefined) this.#events.push(last);
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamedEvent, void, undefined> {
    try {
      for (;;) {
        const event = this.#events.shift();
        if (event !== undefined) yield event;
        else if (this.#ended) return;
        else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      // Nobody reads any more.
      this.#ended = true;
      this.#events.length = 0;
    }
  }

  #tellOfDropped(): void {
    if (this.#dropped === 0) return;
    this.#events.push(streamed({ event: 'dropped', lines: this.#dropped }));
    this.#dropped = 0;
  }
}
