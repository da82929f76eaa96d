import type { Cancellation } from '../cancellation.ts';
import { draining, type SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import { parseReference } from '../functions/reference.ts';
import type { FunctionVersion } from '../functions/function.ts';
import type { Loan, Pools } from '../sandboxes/pools.ts';
import type { Finished } from '../sandboxes/sandbox.ts';
import type { Workload } from '../sandboxes/workload.ts';
import { classify } from './classify.ts';
import type { EndedInvocation } from './ended-invocation.ts';
import type { InFlight } from './in-flight.ts';
import type { LiveLogs } from './live-logs.ts';
import type { Narration } from './narration.ts';
import { programVerdict } from './program-outcome.ts';
import type { Reply } from './reply.ts';

interface InvokerParts {
  readonly catalog: Pick<FunctionCatalog, 'resolve'>;
  readonly pools: Pick<Pools, 'borrow'>;
  readonly workloadOf: (version: FunctionVersion) => Workload;
  readonly inFlight: InFlight;
  readonly liveLogs: Pick<LiveLogs, 'narrate'>;
  /** Told of each end of an `invoke` that came as far as a version. Must not throw. */
  readonly onEnded: (ended: EndedInvocation) => void;
}

/** One wish to run a version. */
export interface InvocationRequest {
  readonly invocationId: string;
  /** How many times it has been begun, this time among them; 1 when left out. */
  readonly attempt?: number;
  /** The envelope's bytes, which have been checked. */
  readonly envelope: Buffer;
  /** Aborts, with a SraasError as its reason, when nobody waits for the answer any more. */
  readonly signal: Cancellation;
  /** Told when it has got its sandbox: from then on the handler may run. */
  readonly onBegun?: () => void;
  /** The invocation whose event this one runs again. */
  readonly replayOf?: string;
}

/**
 * Runs one invocation from start to end: reference → version → sandbox → ending → verdict.
 *
 * A sync invocation runs at most once: nothing is tried again after the event has been sent to a sandbox.
 */
export class Invoker {
  readonly #parts: InvokerParts;

  constructor(parts: InvokerParts) {
    this.#parts = parts;
  }

  /**
   * Invokes the version that a reference (`hello`, `hello@3`) means now.
   * @throws SraasError only when the platform could not run it: FUNCTION_NOT_FOUND, VERSION_NOT_FOUND, QUEUE_FULL,
   * QUEUE_TIMEOUT, RUNTIME_NOT_READY, SANDBOX_START_FAILED, ENGINE_UNAVAILABLE, DRAINING, INVOCATION_CANCELLED.
   */
  async invoke(reference: string, request: InvocationRequest): Promise<Reply> {
    const { catalog, workloadOf, onEnded } = this.#parts;
    const { invocationId, envelope, replayOf } = request;
    const replayed = replayOf === undefined ? undefined : { replayOf };
    const startedAt = new Date();
    const version = await catalog.resolve(parseReference(reference));
    try {
      const reply = await this.run(workloadOf(version), request);
      onEnded({ invocationId, envelope, ...replayed, version, startedAt, endedAt: new Date(), reply });
      return reply;
    } catch (error) {
      onEnded({ invocationId, envelope, ...replayed, version, startedAt, endedAt: new Date(), error });
      throw error;
    }
  }

  /** The same for a workload that need not be a deployed function's. */
  run(workload: Workload, request: InvocationRequest): Promise<Reply> {
    const { inFlight, pools } = this.#parts;
    const { version } = workload;
    const { invocationId, signal: callerSignal } = request;
    return inFlight.track({ invocationId, version, signal: callerSignal }, async (signal, onRunning) => {
      failpoint('invoke.resolved');
      const loan = await pools.borrow(workload, signal);
      failpoint('invoke.sandbox_ready');
      onRunning();
      request.onBegun?.();
      try {
        return await this.#narrated(loan, workload, { ...request, signal });
      } finally {
        loan.release();
      }
    });
  }

  async #narrated(loan: Loan, workload: Workload, request: InvocationRequest): Promise<Reply> {
    const narration = this.#parts.liveLogs.narrate(workload.version, request.invocationId);
    try {
      const reply = await runOn(loan, workload, request, narration);
      failpoint('invoke.ended');
      narration?.ended(reply);
      return reply;
    } catch (error) {
      narration?.failed(error);
      throw error;
    }
  }
}

async function runOn(
  { lease }: Loan,
  workload: Workload,
  request: InvocationRequest,
  narration: Narration | undefined,
): Promise<Reply> {
  const { invocationId, attempt = 1, envelope, signal } = request;
  const hook = narration === undefined ? {} : { onOutput: narration.onOutput };
  const finished =
    lease.kind === 'sandbox'
      ? await lease.sandbox.invoke({ invocationId, attempt, envelope, signal, ...hook })
      : lease.finished;
  if (lease.kind === 'not_loaded') narration?.loadOutput(finished.logs.text());
  const initMs = lease.kind === 'not_loaded' ? lease.initMs : lease.coldStart ? lease.sandbox.initMs : 0;
  return makeReply(finished, workload, {
    invocationId,
    coldStart: lease.kind === 'not_loaded' || lease.coldStart,
    queueMs: Math.max(0, lease.queueMs - initMs),
    initMs,
    cancelledBecause: signal.reason as SraasError | undefined,
  });
}

function makeReply(
  { ending, logs, elapsedMs, use, program }: Finished,
  { version }: Workload,
  facts: Pick<Reply, 'invocationId' | 'coldStart' | 'queueMs' | 'initMs'> & {
    cancelledBecause: SraasError | undefined;
  },
): Reply {
  if (ending.cause === 'cancelled') throw facts.cancelledBecause ?? draining();
  if (ending.cause === 'engine_lost') throw ending.error;
  const said = ending.cause === 'answered' && 'durationMs' in ending.answer ? ending.answer.durationMs : elapsedMs;
  const { invocationId, coldStart, queueMs, initMs } = facts;
  return {
    verdict:
      program !== undefined && (ending.cause === 'died' || ending.cause === 'deadline')
        ? programVerdict({ ...program, ending }, version.config.limits)
        : classify(ending, version.config.limits, ending.cause === 'died' ? logs.lastText() : ''),
    logs: logs.text(),
    logsTruncated: logs.truncated,
    durationMs: Math.min(said, elapsedMs),
    invocationId,
    functionName: version.functionName,
    functionVersion: version.number,
    coldStart,
    queueMs,
    initMs,
    use,
  };
}
