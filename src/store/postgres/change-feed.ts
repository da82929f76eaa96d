import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Change, ChangeFeed, ChangeListener } from '../../servers/change-feed.ts';
import { fromPostgres } from './postgres-failure.ts';
import { Sockets } from './sockets.ts';

const connectTimeoutMs = 5000;
/** A connection that vanished without a word is found out after this and the time of one answer. */
const askEveryMs = 10_000;
const answerTimeoutMs = 5000;
const reconnectAfterMs = 1000;

/** The notices of a PostgreSQL, over a connection of their own that is opened again when it breaks. */
export class PostgresChangeFeed implements ChangeFeed {
  readonly #url: string;
  readonly #isOwn: (backend: number) => boolean;
  readonly #closing = new AbortController();
  #listener: ChangeListener | undefined;
  #client: Client | undefined;
  readonly #sockets = new Sockets();
  #keeping: Promise<void> | undefined;

  /**
   * @param url holds the password. It must lead to PostgreSQL itself: a pool in between may not pass notices on.
   * @param isOwn whether a process of PostgreSQL, by its number, does what this server wants: its changes are no news.
   */
  constructor(url: string, isOwn: (backend: number) => boolean) {
    this.#url = url;
    this.#isOwn = isOwn;
  }

  async open(listener: ChangeListener): Promise<void> {
    this.#listener = listener;
    try {
      this.#client = await this.#connect();
    } catch (error) {
      throw fromPostgres(error);
    }
    this.#keeping = this.#keep(this.#client);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const farewell = this.#client?.end().catch(() => undefined);
    // Also of one that does not answer any more.
    await this.#sockets.close();
    await farewell;
    await this.#keeping;
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Until the feed is closed. */
  async #keep(first: Client): Promise<void> {
    let client = first;
    for (;;) {
      const error = await this.#untilBroken(client);
      this.#client = undefined;
      if (this.#isClosed) return;
      this.#listener?.onLost(error);
      const next = await this.#connectAgain();
      if (next === undefined) return;
      client = next;
      this.#listener?.onRestored();
    }
  }

  /** Tries until it succeeds; undefined when the feed was closed before that. */
  async #connectAgain(): Promise<Client | undefined> {
    for (;;) {
      await this.#wait(reconnectAfterMs, this.#closing.signal);
      if (this.#isClosed) return undefined;
      const client = await this.#connect().catch(() => undefined);
      if (client === undefined) continue;
      this.#client = client;
      return client;
    }
  }

  async #connect(): Promise<Client> {
    const client = new Client({
      connectionString: this.#url,
      application_name: 'sraas changes',
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: answerTimeoutMs,
      keepAlive: true,
      stream: () => this.#sockets.make(),
    });
    // Told by what asks, or by the end.
    client.on('error', () => undefined);
    client.on('notification', ({ payload, processId }) => {
      if (this.#isOwn(processId)) return;
      const change = parseChange(payload);
      if (change !== undefined) this.#listener?.onChange(change);
    });
    try {
      await client.connect();
      const { rows } = await client.query<{ readonly channel: string }>(
        `select 'sraas_' || md5(current_schema()) as channel`,
      );
      await client.query(`listen ${client.escapeIdentifier(rows[0]?.channel ?? '')}`);
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  /** Resolves with what broke it, once it is closed. */
  async #untilBroken(client: Client): Promise<unknown> {
    const broken = new AbortController();
    client.once('end', () => {
      broken.abort(new Error('The connection was closed'));
    });
    client.once('error', (error: unknown) => {
      broken.abort(error);
    });
    const over = AbortSignal.any([broken.signal, this.#closing.signal]);
    const isOver = (): boolean => over.aborted;
    while (!isOver()) {
      await this.#wait(askEveryMs, over);
      if (isOver()) break;
      await client.query('select 1').catch((error: unknown) => {
        broken.abort(error);
      });
    }
    await client.end().catch(() => undefined);
    return broken.signal.reason;
  }

  async #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    await sleep(delayMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Undefined for what a newer server, or somebody else, has to tell. */
function parseChange(payload: string | undefined): Change | undefined {
  try {
    const change = JSON.parse(payload ?? '') as Change;
    switch (change.kind) {
      case 'function':
      case 'runtimes':
      case 'secret':
        return change;
      default:
        change satisfies never;
        return undefined;
    }
  } catch {
    return undefined;
  }
}
