import { Writable } from 'node:stream';

/** What is held in memory for a reader of the log that does not keep up. */
const maxWaitingBytes = 1_000_000;

/**
 * Where log lines go. A pipe that nobody reads must neither hold the server up nor fill its memory: lines that come while too
 * much waits are left out, and their number is told as soon as there is room again. A reader that is gone ends nothing.
 */
export class LogSink extends Writable {
  readonly #destination: Writable;
  #dropped = 0;

  constructor(destination: Writable) {
    super({ decodeStrings: false });
    this.#destination = destination;
    // Else the end of whoever reads the log would end the server too.
    if (destination.listenerCount('error') === 0) destination.on('error', () => undefined);
  }

  override _write(line: string | Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    if (this.#destination.writableLength > maxWaitingBytes) {
      if (this.#dropped === 0) {
        this.#destination.once('drain', () => {
          this.#tellDropped();
        });
      }
      this.#dropped += 1;
    } else {
      this.#tellDropped();
      this.#destination.write(line);
    }
    done();
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    const event = {
      dropped: this.#dropped,
      level: 'warn',
      message: 'Log lines were left out, because they were not read as fast as they came',
      timestamp: new Date().toISOString(),
    };
    this.#dropped = 0;
    this.#destination.write(`${JSON.stringify(event)}\n`);
  }
}
