import { Register } from './register.ts';
import { codeOf, count, failed, type Witness } from './witness.ts';

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
  async set(url: string, fn: string, value: string | undefined): Promise<boolean> {
    const { journal } = this.#witness;
    const { what } = this.#kind;
    const register = this.of(fn);
    const write = register.send(value, journal.now());
    try {
      await (value === undefined ? this.#kind.remove(url, fn) : this.#kind.put(url, fn, value));
      register.acknowledged(write, journal.now());
      count(this.#witness, `${what}: acknowledged`);
      return true;
    } catch (error) {
      if (codeOf(error) !== 'UNREACHABLE') register.refused(write);
      return failed(this.#witness, what, fn, error);
    }
  }

  /** Its function is being removed: the fate of the one is that of the other. */
  removing(fn: string): { readonly acknowledged: () => void; readonly refused: () => void } {
    const { journal } = this.#witness;
    const register = this.of(fn);
    const write = register.send(undefined, journal.now());
    return {
      acknowledged: () => {
        register.acknowledged(write, journal.now());
      },
      refused: () => {
        register.refused(write);
      },
    };
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
