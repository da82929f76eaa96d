import type { SraasClient } from '../../../src/client/sraas-client.ts';
import { ClientError } from '../../../src/client/client-error.ts';

/** How one call ended: its outcome, or the code of the error that its caller was told. */
export interface Ended {
  readonly how: string;
  readonly detail: string;
  readonly durationMs: number;
}

/** Callers that invoke a function again and again until they are told to stop. */
export interface SteadyCallers {
  /** Every call that has ended so far. */
  readonly ended: readonly Ended[];
  /** Resolves when the calls that run have ended. */
  stop(): Promise<void>;
}

/** The pause after a refusal, as a client that heeds its server makes one. */
const pauseMs = 200;

export function startCallers(client: SraasClient, functionName: string, count: number): SteadyCallers {
  const ended: Ended[] = [];
  let stopping = false;
  const callers = Array.from({ length: count }, async () => {
    while (!stopping) {
      const one = await callOnce(client, functionName);
      ended.push(one);
      if (one.how !== 'ok') await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  });
  return {
    ended,
    async stop() {
      stopping = true;
      await Promise.all(callers);
    },
  };
}

/** One call, whatever becomes of it. */
export async function callOnce(client: SraasClient, functionName: string, event: unknown = {}): Promise<Ended> {
  const began = performance.now();
  const { how, detail } = await client.invoke(functionName, { event }).then(
    ({ invocation, error }) => ({ how: invocation.outcome, detail: error ?? '' }),
    (error: unknown) => {
      if (!(error instanceof ClientError)) throw error;
      return { how: error.code, detail: error.message };
    },
  );
  return { how, detail, durationMs: performance.now() - began };
}

/** How many calls ended in which way. */
export function tally(ended: readonly Ended[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { how } of ended) counts[how] = (counts[how] ?? 0) + 1;
  return counts;
}
