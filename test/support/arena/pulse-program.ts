// Calls the canary and asks for /healthz five times a second, from a process of its own: nothing that a test does meanwhile is
// in what it measures. The first message tells where; it reports once it is ready, and then whenever it is asked to.
import { once } from 'node:events';
import { takePriority } from '../../../src/cli/take-priority.ts';
import { SraasClient } from '../../../src/client/sraas-client.ts';

/** What was measured, and what was wrong, since the last time of asking. */
export interface PulseReport {
  /** Of each call of the canary: its milliseconds, as its caller saw them. */
  readonly latenciesMs: readonly number[];
  readonly complaints: readonly string[];
}

export interface PulseStart {
  readonly url: string;
  readonly canaryName: string;
  readonly slowestHealthMs: number;
}

/** How many calls are to be made, at the usual pace, before the report; calls under way are always waited for. */
export interface PulseQuestion {
  readonly calls: number;
}

const everyMs = 200;
/** Made at once, and measured by nobody: the first calls of a new server pay for compiling it. */
const warmUpCalls = 40;
const slowestCanaryMs = 5000;

// It stands for callers on other machines, where an attack takes no processor time.
takePriority(-15);
process.once('disconnect', () => process.exit());
const [{ url, canaryName, slowestHealthMs }] = (await once(process, 'message')) as [PulseStart];
const client = new SraasClient({ url });
const pending = new Set<Promise<void>>();
let latenciesMs: number[] = [];
let complaints: string[] = [];
let count = 0;
let report: { readonly atCount: number } | undefined;

async function callCanary(n: number): Promise<void> {
  const began = performance.now();
  try {
    const { result, logs, error } = await client.invoke(canaryName, { event: { n } });
    if (result !== n * 2 + 1 || logs !== `canary ${n}\n` || error !== null) {
      complaints.push(`The canary's call ${n} was answered ${JSON.stringify({ result, logs, error })}`);
    }
  } catch (error) {
    complaints.push(`The canary's call ${n} was lost: ${String(error)}`);
  }
  const tookMs = performance.now() - began;
  latenciesMs.push(tookMs);
  if (tookMs > slowestCanaryMs) complaints.push(`The canary's call ${n} took ${Math.round(tookMs)} ms`);
}

async function askHealth(): Promise<void> {
  const began = performance.now();
  try {
    const { status } = await client.health();
    if (status !== 'ok') complaints.push(`/healthz said ${status}`);
  } catch (error) {
    complaints.push(`/healthz did not answer: ${String(error)}`);
  }
  const tookMs = performance.now() - began;
  if (tookMs > slowestHealthMs) complaints.push(`/healthz took ${Math.round(tookMs)} ms`);
}

async function tellWhenDue(): Promise<void> {
  if (report === undefined || count < report.atCount) return;
  report = undefined;
  await Promise.all(pending);
  process.send?.({ latenciesMs, complaints } satisfies PulseReport);
  latenciesMs = [];
  complaints = [];
}

process.on('message', ({ calls }: PulseQuestion) => {
  report = { atCount: count + calls };
  void tellWhenDue();
});
for (let call = 0; call < warmUpCalls; call++) await Promise.all([callCanary(++count), askHealth()]);
latenciesMs = [];
process.send?.({ latenciesMs, complaints } satisfies PulseReport);
complaints = [];
setInterval(() => {
  for (const call of [callCanary(++count), askHealth()]) {
    const done: Promise<void> = call.finally(() => pending.delete(done));
    pending.add(done);
  }
  void tellWhenDue();
}, everyMs);
