/** One run of a server. */
export interface ServerRun {
  /** Of its data directory, the same after a restart. */
  readonly instanceId: string;
  /** New with each start. */
  readonly runId: string;
  /** Name of its machine. */
  readonly host: string;
}

/**
 * The servers that share a database, each with when it was seen last by the database's clock: those of the servers may differ.
 * @throws SraasError `STORE_UNAVAILABLE` from every method.
 */
export interface ServerStore {
  /** Enters a run, in the place of an earlier one of the same server. */
  announce(run: ServerRun): Promise<void>;
  /** @returns false when another run has taken the place of this one. */
  beat(run: ServerRun): Promise<boolean>;
  /** Takes a run that ends out. */
  leave(run: ServerRun): Promise<void>;
  /** Instance ids of the servers that were not seen for so long. */
  unseen(forMs: number): Promise<readonly string[]>;
  /** Whether a run was seen within so long. */
  wasSeen(runId: string, withinMs: number): Promise<boolean>;
  /** Forgets the servers that were not seen for so long. */
  forget(unseenForMs: number): Promise<void>;
}
