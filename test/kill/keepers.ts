import { setTimeout as sleep } from 'node:timers/promises';
import { Register } from './register.ts';
import { sending, settle } from './settle.ts';
import { clientOf, type Witness } from './witness.ts';

/** The secret that webhooks are signed with, which is never changed. */
export const signingSecret = { name: 'signing', value: 'whom you may believe' } as const;

/** Those that functions see. */
export const secretNames = ['secret-0', 'secret-1', 'secret-2'] as const;

const longestPauseMs = 400;

/** Users who set the secrets of functions anew, one after the other. */
export class Keepers {
  readonly #witness: Witness;
  readonly #registers: ReadonlyMap<string, Register>;
  #isSigningSet = false;

  constructor(witness: Witness) {
    this.#witness = witness;
    this.#registers = new Map(secretNames.map((name) => [name, new Register(name, witness.journal.faults)]));
  }

  /** Sets those that no server has acknowledged yet, which every deploy names, and of one's own those of which nobody knows. */
  async look(url: string, own: readonly string[]): Promise<void> {
    if (!this.#isSigningSet) await clientOf(url).secrets.set(signingSecret.name, signingSecret.value);
    this.#isSigningSet = true;
    for (const [name, register] of this.#registers) {
      const isOpen = register.pending !== undefined && own.includes(name);
      if (register.standing === undefined || isOpen) await this.#set(url, name, register);
    }
  }

  /** Sets one's own anew now and then. Resolves after the signal, or when no server answers any more. */
  async work(url: string, own: readonly string[], signal: AbortSignal): Promise<void> {
    const { dice } = this.#witness;
    for (;;) {
      await sleep(dice.below(longestPauseMs));
      const name = dice.pick(own);
      const register = this.#registers.get(name);
      if (signal.aborted || register === undefined || !(await this.#set(url, name, register))) return;
    }
  }

  /** A handler of a function saw this value at some moment between two. */
  saw(fn: string, value: string, who: string, from: number, to: number): void {
    const register = this.#registers.get(secretOf(fn));
    register?.saw({ who: `${fn}: ${who}`, from, to, isIt: (one) => one === value, shown: value });
  }

  /** Returns how many values were judged. */
  judge(): number {
    let total = 0;
    for (const register of this.#registers.values()) total += register.judge();
    return total;
  }

  /** False when no server answers. */
  #set(url: string, name: string, register: Register): Promise<boolean> {
    const { journal } = this.#witness;
    const value = `v${journal.now()}`;
    return settle(this.#witness, {
      what: 'secret',
      name,
      sent: sending(register, value, journal),
      act: () => clientOf(url).secrets.set(name, value),
    });
  }
}

/** The secret that a function sees. */
export function secretOf(fn: string): string {
  const place = Buffer.from(fn).reduce((sum, byte) => sum + byte, 0) % secretNames.length;
  return secretNames[place] ?? secretNames[0];
}
