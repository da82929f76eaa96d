import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { InvokeReply } from '../../src/client/wire.ts';
import type { Echo } from './code.ts';
import { clientOf, codeOf, count, failed, type Witness } from './witness.ts';

interface Call {
  readonly name: string;
  readonly nonce: string;
  readonly ms: number;
  readonly from: number;
  readonly key: string | undefined;
}

/** Users who invoke functions and wait for the reply, and ask again with the same key when none came. */
export class Callers {
  readonly #witness: Witness;
  #counter = 0;
  /** Calls with a key that got no answer. */
  #interrupted: Call[] = [];

  constructor(witness: Witness) {
    this.#witness = witness;
  }

  /** Resolves after the signal, or when no server answers any more. */
  async work(url: string, names: readonly string[], signal: AbortSignal): Promise<void> {
    const { dice } = this.#witness;
    while (!signal.aborted && (await this.call(url, dice.pick(names), dice.chance(0.3) ? dice.below(300) : 0)));
  }

  /** One call. False when no server answers. */
  async call(url: string, name: string, ms = 0): Promise<boolean> {
    const { journal, dice } = this.#witness;
    const key = dice.chance(0.3) ? randomUUID() : undefined;
    const call: Call = { name, nonce: `n${++this.#counter}`, ms, from: journal.now(), key };
    try {
      this.#answered(call, await send(url, call));
      return true;
    } catch (error) {
      if (key !== undefined && codeOf(error) === 'UNREACHABLE') this.#interrupted.push(call);
      return this.#refused(call, error);
    }
  }

  /** Asks again what got no answer from an earlier server. What is answered twice must be answered the same. */
  async repeatInterrupted(url: string): Promise<void> {
    const calls = this.#interrupted;
    this.#interrupted = [];
    for (const call of calls) {
      try {
        const reply = await send(url, call);
        this.#answered(call, reply);
        const again = await send(url, call);
        if (!isDeepStrictEqual(again, reply)) {
          this.#witness.journal.faults.push(`${call.name}: call ${call.nonce} has two answers for one key`);
        }
      } catch (error) {
        // It may have run, and must not run twice.
        if (codeOf(error) === 'IDEMPOTENCY_INTERRUPTED') count(this.#witness, 'invoke: IDEMPOTENCY_INTERRUPTED');
        else this.#refused(call, error);
      }
    }
  }

  #answered({ name, nonce, from }: Call, { result, error, invocation }: InvokeReply): void {
    const { journal } = this.#witness;
    const echo = result as Echo | null;
    if (echo?.nonce !== nonce) {
      journal.faults.push(`${name}: call ${nonce} got ${JSON.stringify(result)}, ${error ?? 'without an error'}`);
      return;
    }
    const { mark, code } = echo;
    journal.called({ name, nonce, from, to: journal.now(), mark, code, version: invocation.version });
    count(this.#witness, 'invoke: answered');
  }

  #refused({ name, nonce, from }: Call, error: unknown): boolean {
    const { journal } = this.#witness;
    const code = codeOf(error);
    // Its function was removed or replaced while it waited: it did not run.
    if (code !== 'FUNCTION_NOT_FOUND' && code !== 'INVOCATION_CANCELLED') {
      return failed(this.#witness, 'invoke', name, error);
    }
    count(this.#witness, `invoke: ${code}`);
    if (code === 'FUNCTION_NOT_FOUND') {
      journal.called({ name, nonce, from, to: journal.now(), mark: undefined, code: undefined, version: undefined });
    }
    return true;
  }
}

function send(url: string, { name, nonce, ms, key }: Call): Promise<InvokeReply> {
  return clientOf(url).invoke(name, { event: { nonce, ms }, idempotencyKey: key });
}
