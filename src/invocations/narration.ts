import { SraasError } from '../errors.ts';
import type { Follower } from './follower.ts';
import type { InvocationEvent } from './live-event.ts';
import type { Reply } from './reply.ts';

interface NarrationParts {
  readonly invocationId: string;
  readonly version: number;
  /** Most bytes of logs that are told; the rest is cut with one mark. */
  readonly logBytes: number;
  readonly followers: readonly Follower[];
  readonly clock: () => Date;
}

/** Tells the followers of one invocation, from its begin to its end. */
export class Narration {
  readonly #parts: NarrationParts;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #began = performance.now();
  #roomBytes: number;
  #truncated = false;

  constructor(parts: NarrationParts) {
    this.#parts = parts;
    this.#roomBytes = parts.logBytes;
    const { invocationId, version, clock } = parts;
    this.#tell({ type: 'begin', invocationId, version, at: clock() });
  }

  /** Takes what is written, in chunks of any size; nothing of a chunk is kept. */
  readonly onOutput = (chunk: Uint8Array): void => {
    if (this.#truncated || this.#isUnheard()) return;
    const kept = chunk.length > this.#roomBytes ? chunk.subarray(0, this.#roomBytes) : chunk;
    this.#roomBytes -= kept.length;
    this.#truncated = kept.length < chunk.length;
    // A character that the cut splits stays in the decoder, unsaid.
    const text = this.#decoder.decode(kept, { stream: true });
    this.#say(this.#truncated ? `${text}\n[logs cut here: more than ${this.#parts.logBytes} bytes]\n` : text);
  };

  /** For an invocation that never ran: all that was written while its module was loaded. */
  loadOutput(text: string): void {
    this.#say(text);
  }

  ended(reply: Pick<Reply, 'verdict' | 'durationMs' | 'logsTruncated'>): void {
    const { verdict, durationMs, logsTruncated } = reply;
    this.#end({ outcome: verdict.outcome, code: undefined, durationMs, logsTruncated });
  }

  /** For an end that is an error of the platform, a cancelled call among them. */
  failed(error: unknown): void {
    this.#end({
      outcome: undefined,
      code: error instanceof SraasError ? error.code : 'INTERNAL',
      durationMs: performance.now() - this.#began,
      logsTruncated: this.#truncated,
    });
  }

  #end(
    facts: Pick<Extract<InvocationEvent, { type: 'end' }>, 'outcome' | 'code' | 'durationMs' | 'logsTruncated'>,
  ): void {
    if (!this.#truncated) this.#say(this.#decoder.decode());
    const { invocationId, clock } = this.#parts;
    this.#tell({ type: 'end', invocationId, at: clock(), ...facts });
  }

  #say(text: string): void {
    const { invocationId, clock } = this.#parts;
    if (text !== '') this.#tell({ type: 'log', invocationId, at: clock(), text });
  }

  #tell(event: InvocationEvent): void {
    for (const follower of this.#parts.followers) follower.push(event);
  }

  #isUnheard(): boolean {
    return this.#parts.followers.every((follower) => follower.ended);
  }
}
