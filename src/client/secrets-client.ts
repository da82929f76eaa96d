import type { SecretDocument, SetSecretReply } from '../wire/secret.ts';
import type { Connection } from './connection.ts';
import { exchange } from './exchange.ts';
import { pages } from './pages.ts';
import { secretPath } from './paths.ts';

/** The part of the client that is about secrets, whose values go one way only. It rejects as the client does. */
export class SecretsClient {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** All secrets by name, without values, fetched page by page as they are asked for. */
  list(): AsyncGenerator<SecretDocument, void, undefined> {
    return pages(this.#connection, '/secrets', 'secrets');
  }

  /** Sets a secret, or sets it anew: calls from now on see the new value. */
  async set(name: string, value: string): Promise<SetSecretReply> {
    const request = { method: 'PUT', path: secretPath(name), body: { value } } as const;
    return (await exchange(this.#connection, request)).document as SetSecretReply;
  }

  async remove(name: string): Promise<void> {
    await exchange(this.#connection, { method: 'DELETE', path: secretPath(name) });
  }
}
