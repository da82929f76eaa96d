import type { RecordDocument } from '../../src/wire/record.ts';
import type { Echo } from './code.ts';
import type { Journal } from './journal.ts';

/** An asynchronous invocation that the server said it would run. */
export interface Accepted {
  readonly id: string;
  readonly name: string;
  readonly byAlias: boolean;
  readonly nonce: string;
  /** Moments of the journal around the acceptance: one of the states between them is the one that it is pinned to. */
  readonly from: number;
  readonly to: number;
  /** The handler throws at so many attempts, then succeeds. */
  readonly failures: number;
  readonly version: number;
}

interface Entry extends Accepted {
  /** `asked`: a cancellation without an answer. */
  cancel: 'no' | 'asked' | 'acknowledged';
  end: RecordDocument | undefined;
  /** Moment at which the end was first seen. */
  endSeenAt: number;
}

export const terminal: ReadonlySet<string> = new Set(['succeeded', 'dead', 'cancelled', 'failed']);

/** Every 202 that clients got, and what became of it: one end, once, with the reply of the version that was accepted. */
export class Ledger {
  readonly #journal: Journal;
  readonly #onReply: (accepted: Accepted, echo: Echo, ranUntil: number) => void;
  readonly #entries = new Map<string, Entry>();

  /** @param onReply told of each result, when it is judged. */
  constructor(journal: Journal, onReply: (accepted: Accepted, echo: Echo, ranUntil: number) => void) {
    this.#journal = journal;
    this.#onReply = onReply;
  }

  get open(): readonly Accepted[] {
    return [...this.#entries.values()].filter(({ end }) => end === undefined);
  }

  get ended(): readonly Accepted[] {
    return [...this.#entries.values()].filter(({ end }) => end !== undefined);
  }

  accepted(accepted: Accepted): void {
    if (this.#entries.has(accepted.id)) this.#journal.faults.push(`${accepted.id} was given to two invocations`);
    this.#entries.set(accepted.id, { ...accepted, cancel: 'no', end: undefined, endSeenAt: 0 });
  }

  cancelling(id: string, cancel: 'asked' | 'acknowledged'): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.cancel = cancel;
  }

  /** Notes what a server said of one; undefined when it knew nothing of it. */
  saw(id: string, seen: RecordDocument | undefined): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    const { faults } = this.#journal;
    if (seen === undefined) {
      faults.push(`${id} of ${entry.name} was accepted, and is not known`);
    } else if (entry.end !== undefined && endOf(seen) !== endOf(entry.end)) {
      faults.push(`${id} of ${entry.name} ended twice: ${endOf(entry.end)}, then ${endOf(seen)}`);
    } else if (terminal.has(seen.state) && entry.end === undefined) {
      entry.end = seen;
      entry.endSeenAt = this.#journal.now();
    }
  }

  endOf(id: string): RecordDocument | undefined {
    return this.#entries.get(id)?.end;
  }

  /** Judges all ends, once there are no more changes to come. Returns how often there was which. */
  judge(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const entry of this.#entries.values()) {
      const state = entry.end?.state ?? 'without an end';
      counts.set(state, (counts.get(state) ?? 0) + 1);
      const problem = entry.end === undefined ? 'it has no end' : this.#problemWith(entry, entry.end);
      if (problem !== undefined) {
        this.#journal.faults.push(`${entry.id} of ${entry.name}: ${problem}; ${JSON.stringify(entry.end)}`);
      }
    }
    return counts;
  }

  #problemWith(entry: Entry, end: RecordDocument): string | undefined {
    const { id, name, nonce, from, failures, version, cancel } = entry;
    if (end.id !== id || end.function !== name || end.version !== version) return 'it is another than was accepted';
    if (end.attempt > end.max_attempts) return 'it had too many attempts';
    if (cancel === 'acknowledged' && end.state !== 'cancelled') return 'its cancellation was acknowledged';
    switch (end.state) {
      case 'succeeded': {
        const echo = end.result as Echo | null | undefined;
        if (echo?.nonce !== nonce) return 'it has the result of another';
        if (echo.attempt !== end.attempt || end.attempt <= failures) return 'its attempt is not the one that succeeded';
        this.#onReply(entry, echo, entry.endSeenAt);
        return undefined;
      }
      case 'dead':
        if ((end.event as { nonce?: string } | undefined)?.nonce !== nonce) return 'its event was not kept';
        // Attempts are also used up by kills; then the last one never told how it ended.
        return end.attempt === end.max_attempts ? undefined : 'it was given up early';
      case 'cancelled':
        if (cancel !== 'no' || this.#journal.wasRemovedSince(name, from)) return undefined;
        return 'nobody cancelled it';
      case 'failed':
      case 'queued':
      case 'running':
        return 'its end is none for asynchronous invocations';
    }
  }
}

/** All of it that may not change, as one text. */
export function endOf({
  state,
  outcome,
  error_code: errorCode,
  attempt,
  ended_at: endedAt,
  result,
}: RecordDocument): string {
  return JSON.stringify({ state, outcome, errorCode, attempt, endedAt, result });
}
