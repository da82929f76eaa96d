import type { Connection } from './connection.ts';
import { exchange, type ApiReply, type ApiRequest } from './exchange.ts';
import { pages } from './pages.ts';
import type { AliasDocument, AliasTargetDocument, DeployReply, VersionDifference, VersionDocument } from './wire.ts';

interface Conditional {
  /** Tag of the state that the change is meant for, as `tag` of what was looked at; `*` for any. */
  readonly ifMatch?: string;
}

/** Something with the tag of its present state, for `ifMatch`. */
export interface Tagged<Document> {
  readonly document: Document;
  readonly tag: string | undefined;
}

/** The part of the client that is about versions and aliases. It rejects as the client does. */
export class VersionsClient {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** All versions of a function, newest first, fetched page by page as they are asked for. */
  list(name: string): AsyncGenerator<VersionDocument, void, undefined> {
    return pages(this.#connection, `${functionPath(name)}/versions`, 'versions');
  }

  /** How version `to` differs from version `from`. */
  async difference(name: string, from: string, to: string): Promise<VersionDifference> {
    const path = `${functionPath(name)}/versions/${encodeURIComponent(from)}/diff/${encodeURIComponent(to)}`;
    return (await this.#send({ method: 'GET', path })).document as VersionDifference;
  }

  /** Changes a function's configuration by a JSON merge patch (RFC 7396). */
  async patch(name: string, patch: object, condition: Conditional = {}): Promise<DeployReply> {
    const request = { method: 'PATCH', path: functionPath(name), body: patch, ...headersOf(condition) } as const;
    return (await this.#send(request)).document as DeployReply;
  }

  /** Publishes a former version of a function again: the one before the newest, or the one with a number. */
  async rollBack(name: string, to: number | undefined, condition: Conditional = {}): Promise<DeployReply> {
    return (await this.#rollBack(name, to, condition)) as DeployReply;
  }

  /** The aliases of a function by name. */
  async aliases(name: string): Promise<readonly AliasDocument[]> {
    const { document } = await this.#send({ method: 'GET', path: `${functionPath(name)}/aliases` });
    return (document as { readonly aliases: readonly AliasDocument[] }).aliases;
  }

  async alias(name: string, alias: string): Promise<Tagged<AliasDocument>> {
    const { document, tag } = await this.#send({ method: 'GET', path: aliasPath(name, alias) });
    return { document: document as AliasDocument, tag };
  }

  /** Makes an alias, or lets it lead elsewhere. */
  async putAlias(
    name: string,
    alias: string,
    target: AliasTargetDocument,
    condition: Conditional = {},
  ): Promise<AliasDocument> {
    const request = { method: 'PUT', path: aliasPath(name, alias), body: target, ...headersOf(condition) } as const;
    return (await this.#send(request)).document as AliasDocument;
  }

  /** Lets an alias lead where it led before, or to the version with a number. */
  async rollBackAlias(
    name: string,
    alias: string,
    to: number | undefined,
    condition: Conditional = {},
  ): Promise<AliasDocument> {
    return (await this.#rollBack(`${name}:${alias}`, to, condition)) as AliasDocument;
  }

  async removeAlias(name: string, alias: string, condition: Conditional = {}): Promise<void> {
    await this.#send({ method: 'DELETE', path: aliasPath(name, alias), ...headersOf(condition) });
  }

  async #rollBack(reference: string, to: number | undefined, condition: Conditional): Promise<unknown> {
    const path = `${functionPath(reference)}/rollback`;
    const body = to === undefined ? {} : { to };
    return (await this.#send({ method: 'POST', path, body, ...headersOf(condition) })).document;
  }

  #send(request: ApiRequest): Promise<ApiReply> {
    return exchange(this.#connection, request);
  }
}

/** The header of a change that is meant for one state only. */
export function headersOf({ ifMatch }: Conditional): Pick<ApiRequest, 'headers'> {
  if (ifMatch === undefined) return {};
  return { headers: { 'if-match': ifMatch === '*' ? '*' : `"${ifMatch}"` } };
}

function functionPath(reference: string): string {
  return `/functions/${encodeURIComponent(reference)}`;
}

function aliasPath(name: string, alias: string): string {
  return `${functionPath(name)}/aliases/${encodeURIComponent(alias)}`;
}
