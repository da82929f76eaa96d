import type { AliasDocument, AliasTargetDocument } from '../wire/alias.ts';
import { conditionHeaders, type Condition, type Tagged } from './condition.ts';
import type { Connection } from './connection.ts';
import { exchange } from './exchange.ts';
import { aliasPath, functionPath } from './paths.ts';

/** The part of the client that is about the movable names of versions. It rejects as the client does. */
export class AliasesClient {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The aliases of a function by name. */
  async list(functionName: string): Promise<readonly AliasDocument[]> {
    const request = { method: 'GET', path: `${functionPath(functionName)}/aliases` } as const;
    const { document } = await exchange(this.#connection, request);
    return (document as { readonly aliases: readonly AliasDocument[] }).aliases;
  }

  /** With the tag of its state, for changes that are meant for that state only. */
  async look(functionName: string, alias: string): Promise<Tagged<AliasDocument>> {
    const { document, tag } = await exchange(this.#connection, { method: 'GET', path: aliasPath(functionName, alias) });
    return { document: document as AliasDocument, tag };
  }

  /** Makes an alias, or lets it lead elsewhere. */
  async set(
    functionName: string,
    alias: string,
    target: AliasTargetDocument,
    condition: Condition = {},
  ): Promise<AliasDocument> {
    const path = aliasPath(functionName, alias);
    const request = { method: 'PUT', path, body: target, headers: conditionHeaders(condition) } as const;
    return (await exchange(this.#connection, request)).document as AliasDocument;
  }

  /** Lets an alias lead where it led before, or to the version with a number. */
  async rollBack(
    functionName: string,
    alias: string,
    to: number | undefined,
    condition: Condition = {},
  ): Promise<AliasDocument> {
    const path = `${functionPath(`${functionName}:${alias}`)}/rollback`;
    const body = to === undefined ? {} : { to };
    const request = { method: 'POST', path, body, headers: conditionHeaders(condition) } as const;
    return (await exchange(this.#connection, request)).document as AliasDocument;
  }

  async remove(functionName: string, alias: string, condition: Condition = {}): Promise<void> {
    const path = aliasPath(functionName, alias);
    await exchange(this.#connection, { method: 'DELETE', path, headers: conditionHeaders(condition) });
  }
}
