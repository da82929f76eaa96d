import { setTimeout as delay } from 'node:timers/promises';
import type { AttachmentEvents } from '../engine/attachment.ts';

interface Sinks {
  readonly onStdout: (piece: Buffer) => void;
  readonly onStderr: (piece: Buffer) => void;
}

/** What a program writes, on its way to whoever runs it. What comes when nobody listens is dropped. */
export class ProgramStreams implements AttachmentEvents {
  #sinks: Sinks | undefined;
  #hasEnded = false;
  readonly #ended: Promise<void>;
  #resolve: () => void = () => undefined;

  constructor() {
    this.#ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  listen(sinks: Sinks): void {
    this.#sinks = sinks;
  }

  onStdout(piece: Buffer): void {
    this.#sinks?.onStdout(piece);
  }

  onStderr(piece: Buffer): void {
    this.#sinks?.onStderr(piece);
  }

  onEnd(): void {
    this.#hasEnded = true;
    this.#resolve();
  }

  /** Waits until all has come that was written; nobody is told of more after that. False when it took too long. */
  async end(withinMs: number): Promise<boolean> {
    const limit = new AbortController();
    const late = delay(withinMs, undefined, { signal: limit.signal }).catch(() => undefined);
    await Promise.race([this.#ended, late]);
    limit.abort();
    this.#sinks = undefined;
    return this.#hasEnded;
  }
}
