/** A secret. There is no way to get its value back. */
export interface SecretDocument {
  readonly name: string;
  readonly created_at: string;
  /** When its value was set last. */
  readonly updated_at: string;
  /** Names of the functions of which a version names it. */
  readonly used_by: readonly string[];
}

export interface SetSecretReply extends SecretDocument {
  readonly outcome: 'created' | 'updated';
}
