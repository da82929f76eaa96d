import { setTimeout as sleep } from 'node:timers/promises';
import { ClientError } from '../../src/client/client-error.ts';
import { Callers } from './callers.ts';
import { Senders } from './senders.ts';
import { clientOf, count, type Witness } from './witness.ts';
import { Writers } from './writers.ts';

const writerCount = 3;
const callerCount = 3;
const senderCount = 2;

/** Longer than all attempts of what waits in the end. */
const patienceMs = 120_000;

/** All users of a campaign. */
export class Users {
  readonly #witness: Witness;
  readonly #writers: Writers;
  readonly #callers: Callers;
  readonly #senders: Senders;

  constructor(witness: Witness) {
    this.#witness = witness;
    this.#writers = new Writers(witness);
    this.#callers = new Callers(witness);
    this.#senders = new Senders(witness);
  }

  /** Resolves when all have stopped: after the signal, or when no server answers any more. */
  async work(url: string, signal: AbortSignal): Promise<void> {
    const { names } = this.#witness.journal;
    const ownedBy = (writer: number): readonly string[] => names.filter((_name, i) => i % writerCount === writer);
    await Promise.all([
      ...Array.from({ length: writerCount }, (_, writer) => this.#writers.work(url, ownedBy(writer), signal)),
      ...Array.from({ length: callerCount }, () => this.#callers.work(url, names, signal)),
      ...Array.from({ length: senderCount }, () => this.#senders.work(url, signal)),
    ]);
  }

  /**
   * Asks a server that has just started for all there is, and settles what got no answer before. Ends early when the server dies
   * meanwhile: then the next one is asked.
   *
   * @param everyCall whether each function is invoked, or only those about which nothing was known.
   */
  async look(url: string, { everyCall }: { readonly everyCall: boolean }): Promise<void> {
    const { journal } = this.#witness;
    try {
      const listed = new Set<string>();
      for await (const { name } of clientOf(url).list()) listed.add(name);
      const unsettled = new Set(journal.names.filter((name) => journal.pending(name) !== undefined));
      for (const name of journal.names) {
        await this.#writers.look(url, name);
        const isThere = journal.standing(name).deployed !== undefined;
        if (!unsettled.has(name) && listed.has(name) !== isThere) journal.faults.push(`${name}: the list is wrong`);
        if ((everyCall || unsettled.has(name)) && !(await this.#callers.call(url, name))) return;
      }
      const strangers = [...listed].filter((name) => !journal.names.includes(name));
      if (strangers.length > 0) journal.faults.push(`functions that nobody deployed: ${strangers.join(', ')}`);
      await this.#callers.repeatInterrupted(url);
      await this.#senders.lookAtAll(url);
    } catch (error) {
      if (!(error instanceof ClientError && error.code === 'UNREACHABLE')) throw error;
    }
  }

  /** Waits until all asynchronous invocations have their end, and judges everything that was answered. */
  async judge(url: string): Promise<void> {
    const { ledger } = this.#senders;
    const deadline = AbortSignal.timeout(patienceMs);
    while (ledger.open.length > 0 && !deadline.aborted) {
      await this.#senders.lookAtAll(url);
      await sleep(100);
    }
    for (const [state, times] of ledger.judge()) count(this.#witness, `async ended: ${state}`, times);
    count(this.#witness, 'replies judged', this.#witness.journal.judgeCalls());
  }
}
