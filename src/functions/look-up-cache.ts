/**
 * Remembers what was looked up, up to a number of entries, the least recently used going first. Callers that ask for one
 * missing key at the same time share one look-up. What is not there, or failed, is not remembered.
 */
export class LookUpCache<Value> {
  readonly #capacity: number;
  readonly #values = new Map<string, Value>();
  readonly #pending = new Map<string, Promise<Value | undefined>>();
  #remembers = true;
  /** The key that was kept last, which may be gone since. */
  #newest: string | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string, lookUp: () => Promise<Value | undefined>): Promise<Value | undefined> {
    const known = this.#values.get(key);
    if (known !== undefined) {
      this.#keep(key, known);
      return Promise.resolve(known);
    }
    const pending = this.#pending.get(key);
    if (pending) return pending;
    const started = lookUp();
    this.#pending.set(key, started);
    return this.#settle(key, started);
  }

  /** A look-up that is under way answers those who asked, and is not remembered: it may have read the old state. */
  forget(key: string): void {
    this.#values.delete(key);
    this.#pending.delete(key);
  }

  forgetAll(): void {
    this.#values.clear();
    this.#pending.clear();
  }

  /** Whether what is looked up from now on is remembered. */
  set remembers(remembers: boolean) {
    this.#remembers = remembers;
    this.forgetAll();
  }

  forgetStartingWith(prefix: string): void {
    for (const key of [...this.#values.keys(), ...this.#pending.keys()]) if (key.startsWith(prefix)) this.forget(key);
  }

  async #settle(key: string, started: Promise<Value | undefined>): Promise<Value | undefined> {
    try {
      const value = await started;
      if (value !== undefined && this.#pending.get(key) === started) this.#keep(key, value);
      return value;
    } finally {
      if (this.#pending.get(key) === started) this.#pending.delete(key);
    }
  }

  #keep(key: string, value: Value): void {
    // One that is asked for again and again stays where it is.
    if (!this.#remembers || (key === this.#newest && this.#values.get(key) === value)) return;
    this.#newest = key;
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size <= this.#capacity) return;
    const oldest = this.#values.keys().next();
    if (!oldest.done) this.#values.delete(oldest.value);
  }
}
