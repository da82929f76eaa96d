import type { RecordDocument } from '../wire/record.ts';
import type { Connection } from './connection.ts';
import { exchange } from './exchange.ts';
import { pages } from './pages.ts';
import { deadLetterPath } from './paths.ts';

/** The part of the client that is about asynchronous invocations that were given up. It rejects as the client does. */
export class DeadLettersClient {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Of one function, or of all; newest first, at most so many, fetched page by page as they are asked for. */
  list(functionName?: string, most?: number): AsyncGenerator<RecordDocument, void, undefined> {
    const query = functionName === undefined ? {} : { function: functionName };
    return pages(this.#connection, '/dead-letters', 'dead_letters', { query, most });
  }

  /**
   * Has the event of a dead letter run again, as a new asynchronous invocation.
   * @param body `reference` names what gets it instead of the version that had it.
   */
  async replay(invocationId: string, body: { readonly reference?: string | undefined } = {}): Promise<RecordDocument> {
    const path = `${deadLetterPath(invocationId)}/replay`;
    return (await exchange(this.#connection, { method: 'POST', path, body })).document as RecordDocument;
  }

  async remove(invocationId: string): Promise<void> {
    await exchange(this.#connection, { method: 'DELETE', path: deadLetterPath(invocationId) });
  }

  /** Removes the dead letters of a function, or all of them, and says how many it were. */
  async purge(functionName?: string): Promise<number> {
    const query = functionName === undefined ? '' : `?function=${encodeURIComponent(functionName)}`;
    const { document } = await exchange(this.#connection, { method: 'DELETE', path: `/dead-letters${query}` });
    return (document as { readonly removed: number }).removed;
  }
}
