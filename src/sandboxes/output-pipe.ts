import { constants, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { fifosOnDemand, type FifoMaker } from './fifo-stock.ts';
import type { Output, WorkEnd } from './output.ts';

/** One for all that wait in a turn of the event loop. */
let handedOut: Promise<void> | undefined;

/** Resolves when the event loop has handed out all that it has found to be there to be read. */
function untilHandedOut(): Promise<void> {
  handedOut ??= new Promise((resolve) => {
    setImmediate(() => {
      handedOut = undefined;
      resolve();
    });
  });
  return handedOut;
}

const scratch = Buffer.allocUnsafe(65_536);
/** A pipe holds at most 1 MiB unless its writer is privileged. Source: pipe-max-size in proc(5). */
const mostReads = 1_048_576 / scratch.length + 1;

/**
 * What is written so shortly after a call has ended is not told apart from what is written as the next one begins: whoever prints at
 * such a moment, a thread that was left behind, does so a moment later as well.
 */
const sameMomentMs = 1;

/**
 * Output through one FIFO that is descriptors 1 and 2 of everything in the sandbox, so that the kernel itself keeps console
 * output, raw writes and children's output in the order they were written. Everything that was written before a frame was sent
 * is in the pipe when the frame arrives, so nothing is waited for but the turn of the event loop.
 */
export class OutputPipe implements Output {
  readonly #descriptor: number;
  readonly #socket: Socket;
  #sink: ((chunk: Uint8Array) => void) | undefined;
  #open = true;
  #drainedAt = Number.NEGATIVE_INFINITY;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
    // The socket owns the descriptor from here on, and closes it.
    this.#socket = new Socket({ fd: descriptor, readable: true, writable: false });
    this.#socket.on('data', (chunk) => this.#sink?.(chunk));
    // A broken pipe shows as the death of the sandbox, which its channel reports.
    this.#socket.on('error', () => undefined);
    this.#socket.unref();
  }

  /** Makes the FIFO, writable for every user: it stands in a folder that only its own sandbox can see. */
  static async make(path: string, fifos: FifoMaker = fifosOnDemand): Promise<OutputPipe> {
    await fifos.makeAt(path);
    // Open for writing too, so that the pipe has no end-of-file when a writer leaves. Source: fifo(7).
    return new OutputPipe(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
  }

  begin(sink: (chunk: Uint8Array) => void): undefined {
    this.#sink = undefined;
    if (performance.now() - this.#drainedAt > sameMomentMs) this.#drain();
    this.#sink = sink;
  }

  /**
   * Of work that was answered: to be called while the frame that answers is being taken, from the event loop's turn in which it was
   * read. What was written before it had become readable before it, and is handed out in the same turn at the latest: epoll tells of
   * files in the order in which they became ready. So nobody has to ask a pipe that is empty as a rule, which costs an exception.
   */
  async end(how: WorkEnd): Promise<boolean> {
    if (how === 'answered') await untilHandedOut();
    else this.#drain();
    this.#drainedAt = performance.now();
    this.#sink = undefined;
    return true;
  }

  close(): void {
    this.#open = false;
    this.#sink = undefined;
    this.#socket.destroy();
  }

  /** Takes what the pipe holds at this moment: all that was written before the last frame that arrived. */
  #drain(): void {
    if (!this.#open) return;
    // A writer may be as fast as this loop: what a full pipe held is all that can have been there at this moment.
    for (let reads = 0; reads < mostReads; reads++) {
      const length = this.#readNow();
      if (length === 0) return;
      // The sink copies; the scratch buffer is used again at once.
      this.#sink?.(scratch.subarray(0, length));
      if (length < scratch.length) return;
    }
  }

  #readNow(): number {
    const limit = Error.stackTraceLimit;
    // An empty pipe is the usual case, and collecting a stack for it would cost more than the read.
    Error.stackTraceLimit = 0;
    try {
      return readSync(this.#descriptor, scratch);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
      throw error;
    } finally {
      Error.stackTraceLimit = limit;
    }
  }
}
