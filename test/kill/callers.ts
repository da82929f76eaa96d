import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { InvokeReply } from '../../src/wire/invoke.ts';
import { aliasName } from './aliases.ts';
import type { Echo } from './code.ts';
import type { Records } from './records.ts';
import type { Sights } from './sights.ts';
import { clientOf, codeOf, count, failed, type Witness } from './witness.ts';

interface Call {
  readonly name: string;
  readonly byAlias: boolean;
  readonly nonce: string;
  readonly ms: number;
  /** The handler throws. */
  readonly fails: boolean;
  readonly from: number;
  readonly key: string | undefined;
}

interface CallersParts {
  readonly sights: Sights;
  readonly records: Records;
}

/** Users who invoke functions and wait for the reply, and ask again with the same key when none came. */
export class Callers {
  readonly #witness: Witness;
  readonly #parts: CallersParts;
  /** Calls with a key that got no answer. */
  #interrupted: Call[] = [];

  constructor(witness: Witness, parts: CallersParts) {
    this.#witness = witness;
    this.#parts = parts;
  }

  /** Resolves after the signal, or when no server answers any more. */
  async work(url: string, names: readonly string[], signal: AbortSignal): Promise<void> {
    const { dice } = this.#witness;
    const next = (): Promise<boolean> =>
      this.call(url, dice.pick(names), {
        byAlias: dice.chance(0.3),
        ms: dice.chance(0.3) ? dice.below(300) : 0,
        fails: dice.chance(0.1),
      });
    while (!signal.aborted && (await next()));
  }

  /** One call. False when no server answers. */
  async call(
    url: string,
    name: string,
    { byAlias = false, ms = 0, fails = false }: Partial<Pick<Call, 'byAlias' | 'ms' | 'fails'>> = {},
  ): Promise<boolean> {
    const { journal, dice } = this.#witness;
    const key = dice.chance(0.3) ? randomUUID() : undefined;
    const call: Call = { name, byAlias, nonce: `n${journal.now()}`, ms, fails, from: journal.now(), key };
    try {
      const reply = await send(url, call);
      this.#answered(call, reply);
      if (fails) await this.#parts.records.failed(url, reply.invocation.id, call.nonce);
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

  #answered(call: Call, { result, error, invocation }: InvokeReply): void {
    const { journal } = this.#witness;
    const { name, nonce, fails } = call;
    const echo = result as Echo | null;
    if (fails ? error?.includes(nonce) !== true : echo?.nonce !== nonce) {
      journal.faults.push(`${name}: call ${nonce} got ${JSON.stringify(result)}, ${error ?? 'without an error'}`);
      return;
    }
    count(this.#witness, fails ? 'invoke: answered with the handler’s error' : 'invoke: answered');
    if (echo !== null) this.#parts.sights.reply({ ...call, to: journal.now() }, echo, invocation.version);
  }

  #refused(call: Call, error: unknown): boolean {
    const { journal } = this.#witness;
    const code = codeOf(error);
    // Its function was removed or replaced while it waited: it did not run.
    if (code !== 'FUNCTION_NOT_FOUND' && code !== 'ALIAS_NOT_FOUND' && code !== 'INVOCATION_CANCELLED') {
      return failed(this.#witness, 'invoke', call.name, error);
    }
    count(this.#witness, `invoke: ${code}`);
    if (code !== 'INVOCATION_CANCELLED') this.#parts.sights.nothing({ ...call, to: journal.now() });
    return true;
  }
}

function send(url: string, { name, byAlias, nonce, ms, fails, key }: Call): Promise<InvokeReply> {
  const event = { nonce, ms, failures: fails ? 1 : 0 };
  return clientOf(url).invoke(byAlias ? `${name}:${aliasName}` : name, { event, idempotencyKey: key });
}
