import { Register } from './register.ts';
import { sending, type Sent, settle } from './settle.ts';
import type { Witness } from './witness.ts';

/** A kind of thing that a function has at most one of here, and that goes with it: its alias, its schedule. */
export interface Kind {
  readonly what: string;
  /** @param value what it is to be, as text. */
  put(url: string, fn: string, value: string): Promise<void>;
  remove(url: string, fn: string): Promise<void>;
  /** Undefined when there is none. */
  show(url: string, fn: string): Promise<string | undefined>;
}

/** What functions have of one kind, as those know it who set it: whoever owns a name does one thing at a time with it. */
export class Belongings {
  readonly #kind: Kind;
  readonly #witness: Witness;
  readonly #registers: ReadonlyMap<string, Register>;

  constructor(kind: Kind, witness: Witness) {
    this.#kind = kind;
    this.#witness = witness;
    const { names, faults } = witness.journal;
    this.#registers = new Map(names.map((name) => [name, new Register(`${kind.what} of ${name}`, faults)]));
  }

  isSettled(fn: string): boolean {
    return this.of(fn).pending === undefined;
  }

  /** Sets it, or removes it. False when no server answers. */
  set(url: string, fn: string, value: string | undefined): Promise<boolean> {
    return settle(this.#witness, {
      what: this.#kind.what,
      name: fn,
      sent: sending(this.of(fn), value, this.#witness.journal),
      act: () => (value === undefined ? this.#kind.remove(url, fn) : this.#kind.put(url, fn, value)),
    });
  }

  /** Its function is being removed: the fate of the one is that of the other. */
  removing(fn: string): Sent<unknown> {
    return sending(this.of(fn), undefined, this.#witness.journal);
  }

  /** Asks a server what there is, which settles what got no answer. */
  async look(url: string, fn: string): Promise<void> {
    this.of(fn).look(await this.#kind.show(url, fn), this.#witness.journal.now());
  }

  judge(): number {
    let total = 0;
    for (const register of this.#registers.values()) total += register.judge();
    return total;
  }

  of(fn: string): Register {
    const register = this.#registers.get(fn);
    if (register === undefined) throw new Error(`${fn} is nobody's`);
    return register;
  }
}
