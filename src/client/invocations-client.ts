import type { InvokeReply } from '../wire/invoke.ts';
import type { HistoryFilterDocument, RecordDocument } from '../wire/record.ts';
import type { RunningDocument, RunningReply } from '../wire/running.ts';
import type { Connection } from './connection.ts';
import { exchange } from './exchange.ts';
import { pages } from './pages.ts';
import { functionPath, invocationPath } from './paths.ts';
import { untilEnded } from './until-ended.ts';

interface ReplayOptions {
  /** What gets the event instead of the version that had it: `hello`, `hello@3`. */
  readonly reference?: string | undefined;
  readonly signal?: AbortSignal;
}

/** The part of the client that is about invocations, those under way and those that ended. It rejects as the client does. */
export class InvocationsClient {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** What waits or runs on the server at this moment. */
  async running(): Promise<readonly RunningDocument[]> {
    const { document } = await exchange(this.#connection, { method: 'GET', path: '/invocations' });
    return (document as RunningReply).invocations;
  }

  /** Ends an invocation that waits or runs. When this resolves it no longer does. */
  async cancel(invocationId: string): Promise<void> {
    await exchange(this.#connection, { method: 'DELETE', path: invocationPath(invocationId) });
  }

  /** What became of an invocation, or how far it is. */
  async show(invocationId: string): Promise<RecordDocument> {
    const request = { method: 'GET', path: invocationPath(invocationId) } as const;
    return (await exchange(this.#connection, request)).document as RecordDocument;
  }

  /** Waits until an invocation has reached a terminal state. */
  untilEnded(invocationId: string): Promise<RecordDocument> {
    return untilEnded(() => this.show(invocationId));
  }

  /** The invocations of a function, newest first, at most so many, fetched page by page as they are asked for. */
  list(
    functionName: string,
    filter: HistoryFilterDocument = {},
    most?: number,
  ): AsyncGenerator<RecordDocument, void, undefined> {
    const query = Object.fromEntries(Object.entries(filter).map(([key, value]) => [key, String(value)]));
    return pages(this.#connection, `${functionPath(functionName)}/invocations`, 'invocations', { query, most });
  }

  /** Runs the event of an invocation again and waits for how that ended. */
  async replay(invocationId: string, { signal, ...body }: ReplayOptions = {}): Promise<InvokeReply> {
    const request = { method: 'POST', path: `${invocationPath(invocationId)}/replay`, body, signal } as const;
    return (await exchange(this.#connection, request)).document as InvokeReply;
  }

  /** The same, as an asynchronous invocation: resolves when it is durable. */
  async replayAsync(invocationId: string, body: Omit<ReplayOptions, 'signal'> = {}): Promise<RecordDocument> {
    const path = `${invocationPath(invocationId)}/replay?mode=async`;
    return (await exchange(this.#connection, { method: 'POST', path, body })).document as RecordDocument;
  }
}
