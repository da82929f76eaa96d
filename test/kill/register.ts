/** One change of a value, as the client that sent it knows it. */
export interface Write {
  readonly value: string | undefined;
  readonly sentAt: number;
  /** `pending`: no answer came, and nobody has looked yet. */
  fate: 'pending' | 'happened' | 'lost';
  /** When its client was told, or somebody saw, that it has happened. */
  settledAt: number | undefined;
}

interface Reading {
  readonly who: string;
  readonly from: number;
  readonly to: number;
  readonly isIt: (value: string | undefined) => boolean;
  readonly shown: string;
}

/**
 * A named value that one client sets, one change after the other, and many see: what they may see at which moment. Undefined means
 * that there is none. Moments are those of a journal.
 */
export class Register {
  readonly #name: string;
  readonly #faults: string[];
  readonly #writes: Write[] = [{ value: undefined, sentAt: 0, fate: 'happened', settledAt: 0 }];
  #readings: Reading[] = [];

  /** @param faults gets sentences about what cannot be. */
  constructor(name: string, faults: string[]) {
    this.#name = name;
    this.#faults = faults;
  }

  /** The last value that was set for sure. */
  get standing(): string | undefined {
    return this.#writes.findLast(({ fate }) => fate === 'happened')?.value;
  }

  get pending(): Write | undefined {
    return this.#writes.find(({ fate }) => fate === 'pending');
  }

  send(value: string | undefined, at: number): Write {
    const write: Write = { value, sentAt: at, fate: 'pending', settledAt: undefined };
    this.#writes.push(write);
    return write;
  }

  acknowledged(write: Write, at: number): void {
    write.fate = 'happened';
    write.settledAt = at;
  }

  refused(write: Write): void {
    write.fate = 'lost';
  }

  /** A server was asked what there is now, with no change under way: settles what was pending, and compares the rest. */
  look(value: string | undefined, at: number): void {
    const { pending } = this;
    if (pending?.value === value && pending !== undefined) {
      this.acknowledged(pending, at);
      return;
    }
    if (pending !== undefined) pending.fate = 'lost';
    if (value === this.standing) return;
    this.#faults.push(
      `${this.#name}: acknowledged was ${this.standing ?? 'nothing'}, and there is ${value ?? 'nothing'}`,
    );
  }

  /** Somebody saw the value, at some moment between two; to be judged later. */
  saw(reading: Reading): void {
    this.#readings.push(reading);
  }

  /** Judges the readings since the last time. What was once seen has happened, and no earlier value may be seen from then on. */
  judge(): number {
    const readings = this.#readings.sort((one, other) => one.to - other.to);
    this.#readings = [];
    for (const { isIt, to } of readings) {
      const seen = this.#writes.filter(({ value, fate }) => fate !== 'lost' && isIt(value));
      const [only] = seen;
      if (seen.length === 1 && only !== undefined) only.settledAt = Math.min(only.settledAt ?? to, to);
    }
    for (const reading of readings) this.#judge(reading);
    return readings.length;
  }

  #judge({ who, from, to, isIt, shown }: Reading): void {
    const writes = this.#writes.filter(({ fate }) => fate !== 'lost');
    const overtaken = writes.findLastIndex(({ settledAt }) => settledAt !== undefined && settledAt < from);
    const possible = writes.filter(({ sentAt }, index) => index >= overtaken && sentAt < to);
    if (possible.some(({ value }) => isIt(value))) return;
    const values = possible.map(({ value }) => value ?? 'nothing').join(', ');
    this.#faults.push(`${this.#name}: ${who} met ${shown}, possible was ${values}`);
  }
}
