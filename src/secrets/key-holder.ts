import { SraasError } from '../errors.ts';
import { makeKey, readKey, removeUnfinished, type SecretsKey } from './secrets-key.ts';
import type { SecretStore } from './secret-store.ts';

interface KeyHolderParts {
  readonly store: Pick<SecretStore, 'keyId'>;
  /** Where the key is. */
  readonly path: string;
  /** Whether a key may be made there: not where an operator said that one is. */
  readonly mayMake: boolean;
}

/**
 * Has the one key of a server's secrets, from the first that is set on. Where there are secrets already only their key will do:
 * another, or none, is refused, and no key is ever made in its place.
 */
export class KeyHolder {
  readonly #parts: KeyHolderParts;
  #key: SecretsKey | undefined;
  #making: Promise<SecretsKey> | undefined;

  constructor(parts: KeyHolderParts) {
    this.#parts = parts;
  }

  /** @throws SraasError STORE_UNAVAILABLE when the key of the secrets that there are is missing, or another is in its place. */
  async open(): Promise<void> {
    const { store, path, mayMake } = this.#parts;
    if (mayMake) await removeUnfinished(path);
    this.#key = await readKey(path);
    if (this.#key === undefined && !mayMake) {
      throw new SraasError(
        'STORE_UNAVAILABLE',
        `There is no key at ${path}, which --secrets-key-file names: put 32 random bytes there, or leave the setting out.`,
      );
    }
    const wanted = await store.keyId();
    if (wanted === undefined || wanted === this.#key?.id) return;
    throw this.#key === undefined ? this.#lost() : this.foreign();
  }

  get hasKey(): boolean {
    return this.#key !== undefined;
  }

  /** For sealing: makes the key when there was none yet. */
  async get(): Promise<SecretsKey> {
    if (this.#key !== undefined) return this.#key;
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    return await this.#making;
  }

  /** For unsealing: there is a key where there is anything to open. */
  require(): SecretsKey {
    if (this.#key === undefined) throw this.#lost();
    return this.#key;
  }

  /** What to do when secrets were sealed with another key than this server's. */
  foreign(): SraasError {
    return new SraasError(
      'STORE_UNAVAILABLE',
      `The secrets were sealed with another key than ${this.#parts.path}: put theirs there, or name it with ` +
        '--secrets-key-file. Nothing was changed.',
    );
  }

  async #make(): Promise<SecretsKey> {
    // Another server may have set the first secret of a shared database meanwhile.
    if ((await this.#parts.store.keyId()) !== undefined) throw this.#lost();
    this.#key = await makeKey(this.#parts.path);
    return this.#key;
  }

  #lost(): SraasError {
    return new SraasError(
      'STORE_UNAVAILABLE',
      `There are secrets, but their key is not at ${this.#parts.path}: put it back from a backup, or name it with ` +
        '--secrets-key-file. Nothing was changed.',
    );
  }
}
