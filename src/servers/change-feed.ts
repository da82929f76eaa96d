/** Something that a server did, told to all others that share its database. */
export type Change =
  | { readonly kind: 'function'; readonly id: string; readonly name: string; readonly removed: boolean }
  /** Custom runtimes or images. */
  | { readonly kind: 'runtimes' }
  | { readonly kind: 'secret'; readonly name: string };

export interface ChangeListener {
  onChange(change: Change): void;
  /** From now on changes are missed: nothing that is remembered can be relied on. */
  onLost(error: unknown): void;
  /** Changes are told again; any may have been missed. */
  onRestored(): void;
}

/** Tells of changes soon after they have been committed, in their order. */
export interface ChangeFeed {
  /** Resolves once every later change is told. @throws SraasError `STORE_UNAVAILABLE`. */
  open(listener: ChangeListener): Promise<void>;
  close(): Promise<void>;
}
