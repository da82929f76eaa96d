import type { SraasError } from '../errors.ts';
import type { InvocationRequest, Invoker } from '../invocations/invoker.ts';
import type { Reply } from '../invocations/reply.ts';
import type { ServerCalls } from './calls.ts';
import type { Link } from './link.ts';

interface WorkerInvokerParts {
  readonly invoker: Pick<Invoker, 'invoke'>;
  /** Whether all that a reference may lead to now is run by workers. Never rejects. */
  readonly isServed: (reference: string) => Promise<boolean>;
  readonly server: Pick<Link<ServerCalls>, 'call'>;
}

/** Runs sync calls for a worker: in its own sandboxes, or in those of the server what is the server's to run. */
export class WorkerInvoker implements Pick<Invoker, 'invoke'> {
  readonly #parts: WorkerInvokerParts;

  constructor(parts: WorkerInvokerParts) {
    this.#parts = parts;
  }

  /** @throws SraasError as {@link Invoker.invoke}. */
  async invoke(reference: string, request: InvocationRequest): Promise<Reply> {
    const { invoker, isServed } = this.#parts;
    if (await isServed(reference)) return await invoker.invoke(reference, request);
    return await this.#invokeAtServer(reference, request);
  }

  async #invokeAtServer(reference: string, { invocationId, envelope, signal }: InvocationRequest): Promise<Reply> {
    const { server } = this.#parts;
    const leave = (): void => {
      const { message } = signal.reason as SraasError;
      // A server that has gone runs nothing any more.
      server.call('leaveCall', invocationId, message).catch(() => undefined);
    };
    const invoked = server.call('invoke', reference, { invocationId, envelope });
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    try {
      return await invoked;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }
}
