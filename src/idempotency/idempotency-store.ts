/** Which key: the same text in another scope is another key. */
export interface KeyId {
  /** The route, and the function it is about. */
  readonly scope: string;
  readonly key: string;
}

/** A key that one request holds while it is carried out. */
export interface Reservation extends KeyId {
  readonly fingerprint: string;
  /** Of this one attempt to carry the request out, and of no other. */
  readonly owner: string;
}

/** What is known of the first request of a key. With neither owner nor answer it was interrupted for good. */
export interface KeyRecord {
  readonly fingerprint: string;
  readonly owner: string | undefined;
  /** Encoded; see `answer.ts`. */
  readonly answer: Uint8Array | undefined;
}

/** A reservation that ends with an answer. */
export interface AnsweredKey extends Reservation {
  readonly answer: Uint8Array;
  readonly expiresAt: Date;
}

/**
 * Where idempotency keys are kept. Each call is one transaction, and durable when it resolves. All that end a reservation change
 * nothing, and say false, when it is not the owner's any more.
 *
 * @throws SraasError from every method: STORE_UNAVAILABLE or INSUFFICIENT_STORAGE, and nothing was changed.
 */
export interface IdempotencyStore {
  /**
   * Takes a key that nobody has, or whose time is over, and resolves with undefined; otherwise with what is known of it.
   * @param expiresAt of the reservation, should nobody ever end it.
   */
  reserve(reservation: Reservation, now: Date, expiresAt: Date): Promise<KeyRecord | undefined>;
  /** Goes on in place of an owner that is gone. */
  takeOver(reservation: Reservation, from: string): Promise<boolean>;
  keep(answered: AnsweredKey): Promise<boolean>;
  /** The request may have been carried out in part, and must not be again. */
  interrupt(id: KeyId, owner: string, expiresAt: Date): Promise<boolean>;
  /** The key is free again. */
  release(id: KeyId, owner: string): Promise<boolean>;
  /** Removes about `limit` keys whose time is over, and says how many. */
  prune(now: Date, limit: number): Promise<number>;
}
