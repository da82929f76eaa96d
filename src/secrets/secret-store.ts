/** A secret without its value. */
export interface SecretRecord {
  readonly name: string;
  readonly createdAt: Date;
  /** When its value was set last. */
  readonly updatedAt: Date;
  /** Names of the functions of which a version names it, sorted. */
  readonly usedBy: readonly string[];
}

export interface SealedSecret {
  readonly name: string;
  readonly sealed: Uint8Array;
  /** Name of the key that it is sealed with; see `SecretsKey.id`. */
  readonly keyId: string;
  readonly at: Date;
}

export interface SecretListRequest {
  /** Only names after this one; all when left out. */
  readonly after?: string;
  readonly limit: number;
}

/**
 * Where sealed secrets are kept. It holds no key and sees no value. Each call is one transaction; what it acknowledged is
 * durable. Failures are a SraasError, `STORE_UNAVAILABLE` or `INSUFFICIENT_STORAGE`, and changed nothing.
 */
export interface SecretStore {
  /** Adds a secret, or replaces its value. `foreign_key`, and nothing has changed, when there are secrets of another key. */
  put(secret: SealedSecret): Promise<'created' | 'updated' | 'foreign_key'>;
  /** The key that the secrets are sealed with; undefined while there are none. */
  keyId(): Promise<string | undefined>;
  /** The sealed values of those of the names that there are. */
  read(names: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Those of the names that no secret has. */
  missing(names: readonly string[]): Promise<readonly string[]>;
  find(name: string): Promise<SecretRecord | undefined>;
  /** At most `limit` secrets in the order of their names. */
  list(request: SecretListRequest): Promise<readonly SecretRecord[]>;
  /** Removes it unless a version names it. */
  remove(name: string): Promise<'removed' | 'missing' | 'in_use'>;
}
