import { SraasError } from '../errors.ts';
import type { Invoker } from '../invocations/invoker.ts';
import type { Reply } from '../invocations/reply.ts';

interface CallsAtServerParts {
  readonly invoker: Pick<Invoker, 'invoke'>;
  /** What a client is told of an adapter's own failures; undefined for any other error. */
  readonly explain: (error: unknown) => SraasError | undefined;
}

/** The sync calls of one worker's clients that run in the server, by their ids. */
export class CallsAtServer {
  readonly #parts: CallsAtServerParts;
  readonly #calls = new Map<string, AbortController>();

  constructor(parts: CallsAtServerParts) {
    this.#parts = parts;
  }

  /** @throws SraasError as {@link Invoker.invoke}; an adapter's failures as what a client is told of them. */
  async invoke(
    reference: string,
    { invocationId, envelope }: { readonly invocationId: string; readonly envelope: Uint8Array },
  ): Promise<Reply> {
    const controller = new AbortController();
    this.#calls.set(invocationId, controller);
    try {
      const { signal } = controller;
      return await this.#parts.invoker.invoke(reference, { invocationId, envelope: Buffer.from(envelope), signal });
    } catch (error) {
      throw this.#parts.explain(error) ?? error;
    } finally {
      this.#calls.delete(invocationId);
    }
  }

  /** Nobody waits for a call's answer any more. */
  leave(invocationId: string, why: string): void {
    this.#calls.get(invocationId)?.abort(new SraasError('INVOCATION_CANCELLED', why));
  }

  /** The worker has gone, and its clients with it. */
  leaveAll(): void {
    for (const id of [...this.#calls.keys()]) this.leave(id, 'The process that took the call has died.');
  }
}
