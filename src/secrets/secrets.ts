import { SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import type { FunctionConfig } from '../functions/function.ts';
import { readPage, type Page } from '../functions/page.ts';
import { parseSecretDocument, parseSecretName } from './secret-document.ts';
import type { SecretListRequest, SecretRecord, SecretStore } from './secret-store.ts';
import { seal, unseal } from './seal.ts';
import type { KeyHolder } from './key-holder.ts';

interface SecretsParts {
  readonly store: SecretStore;
  readonly keys: Pick<KeyHolder, 'get' | 'require' | 'foreign'>;
  readonly clock: () => Date;
}

/** How many of the functions that use a secret a refusal names. */
const shownUsers = 5;

/**
 * Named values that functions see and nobody else: once set, a value leaves this server only for a function's sandbox, or as
 * the signature of a webhook. It is in no list, no log and no message.
 */
export class Secrets {
  readonly #parts: SecretsParts;
  readonly #listeners = new Set<(name: string) => void>();

  constructor(parts: SecretsParts) {
    this.#parts = parts;
  }

  /**
   * Sets a secret, or sets it anew. Sandboxes that are started once this has resolved see the new value.
   * @throws SraasError INVALID_NAME, INVALID_SECRET, STORE_UNAVAILABLE, INSUFFICIENT_STORAGE.
   */
  async put(
    name: string,
    document: unknown,
  ): Promise<{ readonly outcome: 'created' | 'updated'; readonly secret: SecretRecord }> {
    const { store, keys, clock } = this.#parts;
    const checkedName = parseSecretName(name);
    const value = parseSecretDocument(document);
    const { id: keyId, bytes } = await keys.get();
    const at = clock();
    const outcome = await store.put({ name: checkedName, sealed: seal(bytes, checkedName, value), keyId, at });
    if (outcome === 'foreign_key') throw keys.foreign();
    failpoint('secret.after_commit');
    for (const listener of this.#listeners) listener(checkedName);
    failpoint('secret.told');
    // Removed by somebody else in between: it was there.
    const secret = (await store.find(checkedName)) ?? { name: checkedName, createdAt: at, updatedAt: at, usedBy: [] };
    return { outcome, secret };
  }

  /** Secrets in the order of their names, without values. `next` is a name, for `after`. */
  list(request: SecretListRequest): Promise<Page<SecretRecord, string>> {
    return readPage(
      request.limit,
      (limit) => this.#parts.store.list({ ...request, limit }),
      ({ name }) => name,
    );
  }

  /** @throws SraasError INVALID_NAME, SECRET_NOT_FOUND, SECRET_IN_USE while a version of a function names it. */
  async remove(name: string): Promise<void> {
    const { store } = this.#parts;
    const checkedName = parseSecretName(name);
    const outcome = await store.remove(checkedName);
    switch (outcome) {
      case 'removed':
        return;
      case 'missing':
        throw new SraasError('SECRET_NOT_FOUND', `There is no secret ${checkedName}; list those there are.`);
      case 'in_use':
        throw inUse(checkedName, (await store.find(checkedName))?.usedBy ?? []);
      default:
        outcome satisfies never;
    }
  }

  missing(names: readonly string[]): Promise<readonly string[]> {
    return this.#parts.store.missing(names);
  }

  /**
   * The variables that a config makes of secrets, with their values of this moment.
   * @throws SraasError INVALID_SECRET when one is not there, STORE_UNAVAILABLE.
   */
  async environmentOf({ secrets }: Pick<FunctionConfig, 'secrets'>): Promise<Readonly<Record<string, string>>> {
    const variables = Object.entries(secrets);
    if (variables.length === 0) return {};
    const values = await this.#open([...new Set(variables.map(([, name]) => name))]);
    return Object.fromEntries(variables.map(([variable, name]) => [variable, values.get(name) ?? '']));
  }

  /**
   * One value, for what signs with it.
   * @throws SraasError as {@link environmentOf}.
   */
  async valueOf(name: string): Promise<string> {
    return (await this.#open([name])).get(name) ?? '';
  }

  /** The listener is told the name of each secret that was set, before that is acknowledged. It must not throw. */
  onSet(listener: (name: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Another server set a secret: whoever listens is told as of one set here. */
  changedElsewhere(name: string): void {
    for (const listener of this.#listeners) listener(name);
  }

  async #open(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { store, keys } = this.#parts;
    const sealed = await store.read(names);
    const values = new Map<string, string>();
    for (const name of names) {
      const bytes = sealed.get(name);
      if (bytes === undefined) throw new SraasError('INVALID_SECRET', `There is no secret ${name} any more: set it.`);
      const value = unseal(keys.require().bytes, name, bytes);
      if (value === undefined) throw keys.foreign();
      values.set(name, value);
    }
    return values;
  }
}

function inUse(name: string, users: readonly string[]): SraasError {
  const shown = users.slice(0, shownUsers).join(', ');
  const more = users.length > shownUsers ? ` and ${users.length - shownUsers} more` : '';
  return new SraasError(
    'SECRET_IN_USE',
    `Versions of ${shown === '' ? 'a function' : shown}${more} name the secret ${name}; remove them first.`,
  );
}
