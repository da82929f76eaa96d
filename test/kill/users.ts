import { ClientError } from '../../src/client/client-error.ts';
import { Callers } from './callers.ts';
import type { Knowledge } from './knowledge.ts';
import { lookAtAll } from './look.ts';
import { Senders } from './senders.ts';
import { clientOf, type Witness } from './witness.ts';
import { Writers } from './writers.ts';

const writerCount = 3;
const callerCount = 3;
const senderCount = 2;

interface UsersParts {
  readonly witness: Witness;
  readonly knowledge: Knowledge;
  readonly webhookUrl: string;
  /** The functions that are theirs to change. */
  readonly names: readonly string[];
  /** And the secrets. */
  readonly secrets: readonly string[];
}

/** All users of a server, or of the ones that take its place after its death. */
export class Users {
  readonly #parts: UsersParts;
  readonly #writers: Writers;
  readonly #callers: Callers;
  readonly #senders: Senders;

  constructor(parts: UsersParts) {
    const { witness, knowledge, webhookUrl } = parts;
    this.#parts = parts;
    this.#writers = new Writers(witness, { ...knowledge, webhookUrl });
    this.#callers = new Callers(witness, knowledge);
    this.#senders = new Senders(witness, knowledge);
  }

  /** Resolves when all have stopped: after the signal, or when no server answers any more. */
  async work(url: string, signal: AbortSignal): Promise<void> {
    const { knowledge, names, secrets } = this.#parts;
    const ownedBy = (writer: number): readonly string[] => names.filter((_name, i) => i % writerCount === writer);
    await Promise.all([
      ...Array.from({ length: writerCount }, (_, writer) => this.#writers.work(url, ownedBy(writer), signal)),
      ...Array.from({ length: callerCount }, () => this.#callers.work(url, names, signal)),
      ...Array.from({ length: senderCount }, () => this.#senders.work(url, names, signal)),
      knowledge.keepers.work(url, secrets, signal),
    ]);
  }

  /**
   * Asks a server that has just started for all there is, and settles what got no answer before. Ends early when the server dies
   * meanwhile: then the next one is asked.
   *
   * @param everyCall whether each function is invoked, or only those about which nothing was known.
   */
  async look(url: string, { everyCall }: { readonly everyCall: boolean }): Promise<void> {
    const { witness, knowledge, names, secrets } = this.#parts;
    const { journal } = witness;
    const { keepers, records, ledger } = knowledge;
    try {
      await keepers.look(url, secrets);
      const listed = new Set<string>();
      for await (const { name } of clientOf(url).list()) listed.add(name);
      const unsettled = new Set(names.filter((name) => journal.pending(name) !== undefined));
      for (const name of names) {
        await this.#writers.look(url, name);
        const isThere = journal.standing(name).deployed !== undefined;
        if (!unsettled.has(name) && listed.has(name) !== isThere) journal.faults.push(`${name}: the list is wrong`);
        if ((everyCall || unsettled.has(name)) && !(await this.#callers.call(url, name))) return;
        if (everyCall && !(await this.#callers.call(url, name, { byAlias: true, fails: true }))) return;
      }
      const strangers = [...listed].filter((name) => !journal.names.includes(name));
      if (strangers.length > 0) journal.faults.push(`functions that nobody deployed: ${strangers.join(', ')}`);
      await this.#callers.repeatInterrupted(url);
      await this.#senders.repeat(url);
      await lookAtAll(url, { witness, ledger });
      await records.look(url);
    } catch (error) {
      if (!(error instanceof ClientError && error.code === 'UNREACHABLE')) throw error;
    }
  }
}
