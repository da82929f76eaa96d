import { setTimeout as sleep } from 'node:timers/promises';
import { Ledger, type Seen } from './ledger.ts';
import { count, type Witness } from './witness.ts';

interface Answer {
  readonly status: number;
  readonly document: unknown;
}

/** So many for each function may have no end before more are sent: a server that is killed all the time must keep up. */
const mostOpenEach = 3;

/** Users who have functions run later, cancel some of it, and look what became of it. */
export class Senders {
  readonly ledger: Ledger;
  readonly #witness: Witness;
  #counter = 0;

  constructor(witness: Witness) {
    this.#witness = witness;
    this.ledger = new Ledger(witness.journal);
  }

  /** Resolves after the signal, or when no server answers any more. */
  async work(url: string, signal: AbortSignal): Promise<void> {
    const { dice } = this.#witness;
    while (!signal.aborted && (await this.#doOne(url))) await sleep(dice.below(60));
  }

  /** Asks what became of one. False when no server answers. */
  async look(url: string, id: string): Promise<boolean> {
    const answer = await ask(`${url}/invocations/${id}`);
    if (answer === undefined) return false;
    if (answer.status === 200) this.ledger.saw(id, answer.document as Seen);
    else if (answer.status === 404) this.ledger.saw(id, undefined);
    else this.#unexpected('look', answer);
    return true;
  }

  /** Asks what became of all that had no end when last seen, and of some that had. */
  async lookAtAll(url: string): Promise<void> {
    const { open, ended } = this.ledger;
    for (const { id } of [...open, ...ended.slice(-20)]) if (!(await this.look(url, id))) return;
  }

  async #doOne(url: string): Promise<boolean> {
    const { dice, journal } = this.#witness;
    const { open } = this.ledger;
    if (open.length === 0 || (open.length < mostOpenEach * journal.names.length && dice.chance(0.6)))
      return await this.#send(url);
    const { id } = dice.pick(open);
    return dice.chance(0.1) ? await this.#cancel(url, id) : await this.look(url, id);
  }

  async #send(url: string): Promise<boolean> {
    const { journal, dice } = this.#witness;
    const name = dice.pick(journal.names);
    const nonce = `a${++this.#counter}`;
    // Most succeed at once, some at their second or third attempt, a few never.
    const failures = dice.chance(0.7) ? 0 : dice.chance(0.8) ? 1 + dice.below(2) : 1000;
    const event = { nonce, failures, ms: dice.chance(0.3) ? dice.below(500) : 0 };
    const from = journal.now();
    const answer = await ask(`${url}/functions/${name}/invoke?mode=async`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ version: 'v1', event }),
    });
    count(this.#witness, `async: ${answer?.status ?? 'no answer'}`);
    if (answer === undefined) return false;
    const to = journal.now();
    if (answer.status === 202) {
      const { id, version } = answer.document as Seen;
      this.ledger.accepted({ id, name, nonce, failures, from, to, version });
    } else if (answer.status === 404) {
      journal.called({ name, nonce, from, to, mark: undefined, code: undefined, version: undefined });
    } else this.#unexpected('async', answer);
    return true;
  }

  async #cancel(url: string, id: string): Promise<boolean> {
    const { ledger } = this;
    ledger.cancelling(id, 'asked');
    const answer = await ask(`${url}/invocations/${id}`, { method: 'DELETE' });
    count(this.#witness, `cancel: ${answer?.status ?? 'no answer'}`);
    if (answer === undefined) return false;
    if (answer.status === 204) ledger.cancelling(id, 'acknowledged');
    else if (answer.status !== 409) this.#unexpected('cancel', answer);
    return true;
  }

  #unexpected(what: string, { status, document }: Answer): void {
    const { code } = (document ?? {}) as { code?: string };
    if (code === 'DRAINING') return;
    this.#witness.journal.faults.push(`${what} was answered ${status} ${JSON.stringify(document)}`);
  }
}

/** Undefined when no whole answer came. */
async function ask(url: string, init: RequestInit = {}): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    return { status: response.status, document: text === '' ? undefined : JSON.parse(text) };
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
