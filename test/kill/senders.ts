import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordDocument } from '../../src/wire/record.ts';
import { aliasName } from './aliases.ts';
import type { Knowledge } from './knowledge.ts';
import type { Ledger } from './ledger.ts';
import { look } from './look.ts';
import type { Sights } from './sights.ts';
import { clientOf, codeOf, count, failed, ifThere, type Witness } from './witness.ts';

/** So many for each function may have no end before more are sent: a server that is killed all the time must keep up. */
const mostOpenEach = 3;

/** So many of those that were sent with a key and answered are sent again to each server that has started. */
const repeatedEach = 4;

interface Sent {
  readonly name: string;
  readonly byAlias: boolean;
  readonly nonce: string;
  readonly failures: number;
  readonly ms: number;
  readonly from: number;
  readonly key: string | undefined;
}

/** Users who have functions run later, cancel some of it, and look what became of it. */
export class Senders {
  readonly #witness: Witness;
  readonly #sights: Sights;
  readonly #ledger: Ledger;
  /** Sent with a key, and not answered yet. */
  #unanswered: Sent[] = [];
  /** Sent with a key, and the id that was the answer. */
  readonly #answered: { readonly sent: Sent; readonly id: string }[] = [];

  constructor(witness: Witness, { sights, ledger }: Pick<Knowledge, 'sights' | 'ledger'>) {
    this.#witness = witness;
    this.#sights = sights;
    this.#ledger = ledger;
  }

  /** Resolves after the signal, or when no server answers any more. */
  async work(url: string, names: readonly string[], signal: AbortSignal): Promise<void> {
    const { dice } = this.#witness;
    while (!signal.aborted && (await this.#doOne(url, names))) await sleep(dice.below(60));
  }

  /** Sends again, with their keys, what got no answer and some of what did: each is one piece of work, however often it is sent. */
  async repeat(url: string): Promise<void> {
    const { dice } = this.#witness;
    const unanswered = this.#unanswered;
    this.#unanswered = [];
    for (const sent of unanswered) {
      // Twice: to be accepted, or told that it was; and to be told the same.
      if (!((await this.#send(url, sent)) && (await this.#sendAgain(url, sent)))) return;
    }
    for (let i = 0; i < repeatedEach && this.#answered.length > 0; i++) {
      if (!(await this.#sendAgain(url, dice.pick(this.#answered).sent))) return;
    }
  }

  async #doOne(url: string, names: readonly string[]): Promise<boolean> {
    const { dice, journal } = this.#witness;
    const { open } = this.#ledger;
    if (open.length === 0 || (open.length < mostOpenEach * journal.names.length && dice.chance(0.6)))
      return await this.#send(url, this.#thinkOfOne(names));
    const { id } = dice.pick(open);
    return dice.chance(0.1)
      ? await this.#cancel(url, id)
      : await look(url, id, { witness: this.#witness, ledger: this.#ledger });
  }

  #thinkOfOne(names: readonly string[]): Sent {
    const { journal, dice } = this.#witness;
    return {
      name: dice.pick(names),
      byAlias: dice.chance(0.3),
      nonce: `a${journal.now()}`,
      // Most succeed at once, some at their second or third attempt, a few never.
      failures: dice.chance(0.7) ? 0 : dice.chance(0.8) ? 1 + dice.below(2) : 1000,
      ms: dice.chance(0.3) ? dice.below(500) : 0,
      from: journal.now(),
      key: dice.chance(0.4) ? randomUUID() : undefined,
    };
  }

  /** False when no server answers. */
  async #send(url: string, sent: Sent): Promise<boolean> {
    const { journal } = this.#witness;
    try {
      const accepted = await ifThere(post(url, sent));
      const asked = { ...sent, to: journal.now() };
      count(this.#witness, `async: ${accepted === undefined ? 'no such function' : 'accepted'}`);
      if (accepted === undefined) this.#sights.nothing(asked);
      else {
        const { id, version } = accepted;
        this.#ledger.accepted({ ...asked, id, version });
        if (sent.key !== undefined) this.#answered.push({ sent, id });
      }
      return true;
    } catch (error) {
      if (sent.key !== undefined && codeOf(error) === 'UNREACHABLE') this.#unanswered.push(sent);
      return failed(this.#witness, 'async', sent.name, error);
    }
  }

  /** What had an answer before must have the same. */
  async #sendAgain(url: string, sent: Sent): Promise<boolean> {
    const earlier = this.#answered.find((one) => one.sent === sent);
    let repeats = 0;
    try {
      const again = await ifThere(post(url, sent, () => (repeats += 1)));
      if (again?.id !== earlier?.id || (again !== undefined && repeats === 0)) {
        const [first, second] = [earlier?.id ?? 'nothing', again?.id ?? 'nothing'];
        this.#witness.journal.faults.push(`${sent.nonce} was accepted as ${first}, again as ${second}`);
      }
      count(this.#witness, 'async: the same answer again');
      return true;
    } catch (error) {
      return failed(this.#witness, 'async again', sent.name, error);
    }
  }

  async #cancel(url: string, id: string): Promise<boolean> {
    this.#ledger.cancelling(id, 'asked');
    try {
      await clientOf(url).invocations.cancel(id);
      this.#ledger.cancelling(id, 'acknowledged');
      count(this.#witness, 'cancel: acknowledged');
      return true;
    } catch (error) {
      if (codeOf(error) !== 'INVOCATION_ENDED') return failed(this.#witness, 'cancel', id, error);
      count(this.#witness, 'cancel: INVOCATION_ENDED');
      return true;
    }
  }
}

function post(url: string, sent: Sent, onRepeat?: () => void): Promise<RecordDocument> {
  const { name, byAlias, nonce, failures, ms, key: idempotencyKey } = sent;
  const event = { nonce, failures, ms };
  return clientOf(url).invokeAsync(byAlias ? `${name}:${aliasName}` : name, { event, idempotencyKey, onRepeat });
}
