import type { DeployReply, VersionDocument } from '../wire/function.ts';
import type { VersionDifferenceDocument } from '../wire/version-difference.ts';
import { conditionHeaders, type Condition } from './condition.ts';
import type { Connection } from './connection.ts';
import { exchange } from './exchange.ts';
import { pages } from './pages.ts';
import { functionPath } from './paths.ts';

/** The part of the client that is about versions. It rejects as the client does. */
export class VersionsClient {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** All versions of a function, newest first, fetched page by page as they are asked for. */
  list(functionName: string): AsyncGenerator<VersionDocument, void, undefined> {
    return pages(this.#connection, `${functionPath(functionName)}/versions`, 'versions');
  }

  /** How version `to` differs from version `from`. */
  async difference(functionName: string, from: string, to: string): Promise<VersionDifferenceDocument> {
    const between = `${encodeURIComponent(from)}/diff/${encodeURIComponent(to)}`;
    const path = `${functionPath(functionName)}/versions/${between}`;
    return (await exchange(this.#connection, { method: 'GET', path })).document as VersionDifferenceDocument;
  }

  /** Publishes a version with another configuration: a JSON merge patch (RFC 7396) of the newest one's. */
  async patch(functionName: string, patch: object, condition: Condition = {}): Promise<DeployReply> {
    const path = functionPath(functionName);
    const request = { method: 'PATCH', path, body: patch, headers: conditionHeaders(condition) } as const;
    return (await exchange(this.#connection, request)).document as DeployReply;
  }

  /** Publishes a former version of a function again: the one before the newest, or the one with a number. */
  async rollBack(functionName: string, to: number | undefined, condition: Condition = {}): Promise<DeployReply> {
    const path = `${functionPath(functionName)}/rollback`;
    const body = to === undefined ? {} : { to };
    const request = { method: 'POST', path, body, headers: conditionHeaders(condition) } as const;
    return (await exchange(this.#connection, request)).document as DeployReply;
  }
}
