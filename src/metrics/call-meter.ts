import { Counter, Histogram, type Registry } from './prom-client.ts';
import type { ErrorCode } from '../errors.ts';
import type { Reply } from '../invocations/reply.ts';
import { outcomes, type Outcome } from '../wire/outcome.ts';
import { Times } from './times.ts';

/** Who waits for a call: a client of a function, nobody, or a client of code that is run once. */
export const callModes = ['sync', 'async', 'run'] as const;
export type CallMode = (typeof callModes)[number];

export type MeteredReply = Pick<Reply, 'durationMs' | 'queueMs' | 'initMs' | 'coldStart'> & {
  readonly verdict: Pick<Reply['verdict'], 'outcome'>;
};

/** In seconds: from a warm call of a trivial handler to the longest that a function may take by default. */
const buckets = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
];

interface ModeCounts {
  readonly byOutcome: Record<Outcome, number>;
  readonly byCode: Map<ErrorCode, number>;
  readonly durations: Times;
}

/**
 * Counts and times calls as they end. Nothing but numbers is kept of a call, and labels are words of our own: no name that a user chose
 * is among them, so that their number is bounded.
 *
 * Never throws.
 */
export class CallMeter {
  readonly #counts: Readonly<Record<CallMode, ModeCounts>>;
  readonly #queue: Times;
  readonly #init: Times;
  readonly #invocations: Counter;
  readonly #coldStarts: Counter;
  #newColdStarts = 0;

  constructor(registry: Registry) {
    const registers = [registry];
    const durations = new Histogram({
      name: 'sraas_invocation_duration_seconds',
      help: 'Time in the handler or program, by mode',
      labelNames: ['mode'],
      buckets,
      registers,
    });
    this.#queue = new Times(
      new Histogram({
        name: 'sraas_invocation_queue_seconds',
        help: 'Time that calls of handlers waited for a sandbox, a cold start not counted',
        buckets,
        registers,
      }),
    );
    this.#init = new Times(
      new Histogram({
        name: 'sraas_invocation_init_seconds',
        help: 'Time that cold starts took, of the calls that had one',
        buckets,
        registers,
      }),
    );
    this.#coldStarts = new Counter({
      name: 'sraas_cold_starts_total',
      help: 'Calls of handlers that had to wait for a sandbox to be started',
      registers,
    });
    this.#invocations = new Counter({
      name: 'sraas_invocations_total',
      help: 'Calls that ended, by mode, outcome, and the code of the error when the platform could not run them',
      labelNames: ['mode', 'outcome', 'code'],
      registers,
    });
    const countsOf = (mode: CallMode): ModeCounts => {
      for (const outcome of outcomes) this.#invocations.inc({ mode, outcome, code: '' }, 0);
      durations.zero({ mode });
      return { byOutcome: noOutcomes(), byCode: new Map(), durations: new Times(durations.labels(mode)) };
    };
    this.#counts = { sync: countsOf('sync'), async: countsOf('async'), run: countsOf('run') };
  }

  /** A handler was called, and this came of it. */
  replied(mode: CallMode, reply: MeteredReply): void {
    this.ran(mode, reply.verdict.outcome, reply.durationMs);
    this.#queue.add(reply.queueMs);
    if (!reply.coldStart) return;
    this.#newColdStarts++;
    this.#init.add(reply.initMs);
  }

  /** Something ran for so long, and this came of it. */
  ran(mode: CallMode, outcome: Outcome, durationMs: number): void {
    const counts = this.#counts[mode];
    counts.byOutcome[outcome]++;
    counts.durations.add(durationMs);
  }

  /** The platform could not run it. */
  failed(mode: CallMode, code: ErrorCode): void {
    const { byCode } = this.#counts[mode];
    byCode.set(code, (byCode.get(code) ?? 0) + 1);
  }

  /** Puts what was counted into the registry. To be called before that is read. */
  flush(): void {
    for (const mode of callModes) {
      const { byOutcome, byCode, durations } = this.#counts[mode];
      for (const outcome of outcomes) {
        this.#invocations.inc({ mode, outcome, code: '' }, byOutcome[outcome]);
        byOutcome[outcome] = 0;
      }
      for (const [code, count] of byCode) this.#invocations.inc({ mode, outcome: 'error', code }, count);
      byCode.clear();
      durations.flush();
    }
    this.#coldStarts.inc(this.#newColdStarts);
    this.#newColdStarts = 0;
    this.#queue.flush();
    this.#init.flush();
  }
}

function noOutcomes(): Record<Outcome, number> {
  return {
    ok: 0,
    handler_error: 0,
    load_error: 0,
    bad_result: 0,
    timeout: 0,
    out_of_memory: 0,
    output_too_large: 0,
    exited: 0,
    protocol_violation: 0,
  };
}
