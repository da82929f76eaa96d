import { performance } from 'node:perf_hooks';
import type { SraasClient } from '../../src/client/sraas-client.ts';

const everyMs = 200;
const slowestCanaryMs = 5000;

/** Name of the function whose callers must notice nothing. */
export const canaryName = 'canary';

/**
 * Calls a function of its own, and `/healthz`, five times a second for as long as it lives: what an attack does to those who
 * have nothing to do with it shows here.
 */
export class Pulse implements AsyncDisposable {
  readonly #client: SraasClient;
  readonly #slowestHealthMs: number;
  readonly #pending = new Set<Promise<void>>();
  readonly #complaints: string[] = [];
  readonly #latenciesMs: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  #count = 0;

  private constructor(client: SraasClient, slowestHealthMs: number) {
    this.#client = client;
    this.#slowestHealthMs = slowestHealthMs;
  }

  static async start(client: SraasClient, slowestHealthMs = 1000): Promise<Pulse> {
    // One sandbox: late answers must not make more of them.
    const config = { runtime: 'node24', handler: 'main.handler', concurrency: { max: 1 } } as const;
    const source = 'export const handler = ({ n }) => { console.log("canary", n); return n * 2 + 1 }';
    await client.deploy(canaryName, config, { files: { 'main.mjs': source } });
    const pulse = new Pulse(client, slowestHealthMs);
    await pulse.#callCanary();
    const [complaint] = await pulse.complaints();
    if (complaint !== undefined) throw new Error(complaint);
    pulse.#latenciesMs.length = 0;
    pulse.#timer = setInterval(() => {
      pulse.#beat();
    }, everyMs);
    return pulse;
  }

  /** What went wrong since the last time of asking; calls that are under way are waited for. */
  async complaints(): Promise<readonly string[]> {
    await Promise.all(this.#pending);
    return this.#complaints.splice(0);
  }

  /** Milliseconds, over all calls so far. */
  get p99Ms(): number {
    const sorted = [...this.#latenciesMs].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
  }

  #beat(): void {
    for (const call of [this.#callCanary(), this.#askHealth()]) {
      const done: Promise<void> = call.finally(() => this.#pending.delete(done));
      this.#pending.add(done);
    }
  }

  async #callCanary(): Promise<void> {
    const n = ++this.#count;
    const began = performance.now();
    try {
      const { result, logs, error } = await this.#client.invoke(canaryName, { event: { n } });
      if (result !== n * 2 + 1 || logs !== `canary ${n}\n` || error !== null) {
        this.#complaints.push(`The canary's call ${n} was answered ${JSON.stringify({ result, logs, error })}`);
      }
    } catch (error) {
      this.#complaints.push(`The canary's call ${n} was lost: ${String(error)}`);
    }
    const tookMs = performance.now() - began;
    this.#latenciesMs.push(tookMs);
    if (tookMs > slowestCanaryMs) this.#complaints.push(`The canary's call ${n} took ${Math.round(tookMs)} ms`);
  }

  async #askHealth(): Promise<void> {
    const began = performance.now();
    try {
      const { status } = await this.#client.health();
      if (status !== 'ok') this.#complaints.push(`/healthz said ${status}`);
    } catch (error) {
      this.#complaints.push(`/healthz did not answer: ${String(error)}`);
    }
    const tookMs = performance.now() - began;
    if (tookMs > this.#slowestHealthMs) this.#complaints.push(`/healthz took ${Math.round(tookMs)} ms`);
  }
}
