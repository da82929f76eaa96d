import { Pool } from 'undici';
import type { Figures } from '../bench-case.ts';
import { quantile } from './quantile.ts';

export interface Load {
  readonly url: string;
  readonly connections: number;
  readonly durationMs: number;
  /** The path and body of the n-th call. */
  readonly call: (n: number) => { readonly path: string; readonly body: string };
  /** Throws when a reply is not the one to this body: a fast wrong answer is worth nothing. */
  readonly check: (reply: string, body: string) => void;
}

/**
 * Keeps `connections` calls under way, each on a connection of its own, one behind the other, until the time is up. Every reply
 * is read whole; every status, and one body in 64, is checked.
 */
export async function drive({ url, connections, durationMs, call, check }: Load): Promise<Figures> {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const latenciesMs: number[] = [];
  const began = performance.now();
  const end = began + durationMs;
  let sent = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const n = sent++;
      const { path, body } = call(n);
      const startedAt = performance.now();
      const reply = await pool.request({ path, method: 'POST', headers: { 'content-type': 'application/json' }, body });
      const text = await reply.body.text();
      latenciesMs.push(performance.now() - startedAt);
      if (reply.statusCode !== 200) throw new Error(`${path} answered ${reply.statusCode}: ${text.slice(0, 500)}`);
      if (n % 64 === 0) check(text, body);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, caller));
    const seconds = (performance.now() - began) / 1000;
    latenciesMs.sort((a, b) => a - b);
    return {
      'calls a second': latenciesMs.length / seconds,
      'p50 ms': quantile(latenciesMs, 0.5),
      'p99 ms': quantile(latenciesMs, 0.99),
    };
  } finally {
    await pool.close();
  }
}
