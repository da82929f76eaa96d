import { setTimeout as delay } from 'node:timers/promises';
import type { FunctionId } from '../functions/function.ts';
import type { RunningInvocation } from '../invocations/in-flight.ts';
import type { LiveEvent } from '../invocations/live-event.ts';
import type { MetricSnapshot } from '../metrics/snapshot.ts';
import { WorkerMetrics } from '../metrics/worker-metrics.ts';
import type { News, WorkerCalls } from './calls.ts';
import type { Link } from './link.ts';

/** A worker, as its server speaks to it. */
export interface WorkerEnd {
  readonly link: Pick<Link<WorkerCalls>, 'call'>;
  /** Ends it at once: another takes its place. */
  kill(): void;
}

interface WorkersParts {
  /** Told of a worker that was killed because it did not hear. */
  readonly onDeaf: () => void;
  readonly hearsWithinMs?: number;
  readonly tellsWithinMs?: number;
}

interface Following {
  readonly functionId: FunctionId;
  readonly onEvent: (event: LiveEvent) => void;
}

/** The workers of a server as one: told all news, asked for what runs in any of them. One that dies in between has nothing. */
export class Workers {
  readonly #parts: WorkersParts;
  readonly #ends = new Set<WorkerEnd>();
  readonly #metrics = new WorkerMetrics<WorkerEnd>();
  readonly #unheard = new Set<Promise<void>>();
  readonly #followings = new Map<number, Following>();
  #lastFollowId = 0;
  #hears = true;

  constructor(parts: WorkersParts) {
    this.#parts = parts;
  }

  /** Whether the changes of other servers are heard at present. */
  get hears(): boolean {
    return this.#hears;
  }

  /** From now on a worker is told and asked. Returns what ends that. */
  join(end: WorkerEnd): () => void {
    this.#ends.add(end);
    this.#metrics.join(end);
    for (const [followId, { functionId }] of this.#followings) {
      this.#insist(end, end.link.call('follow', followId, functionId));
    }
    return () => {
      this.#ends.delete(end);
      this.#metrics.leave(end);
    };
  }

  tell(news: News): void {
    if (news.kind === 'hearing') this.#hears = news.hears;
    for (const end of this.#ends) this.#insist(end, end.link.call('hear', news));
  }

  /** Resolves when all have heard what there was to tell up to now. Never rejects. */
  async allHeard(): Promise<void> {
    await Promise.all(this.#unheard);
  }

  async running(): Promise<readonly RunningInvocation[]> {
    return (await this.#askAll((link) => link.call('running'))).flat();
  }

  /** What each of them tells of itself, and what those counted that have gone. One that does not answer soon is not waited for. */
  async metrics(): Promise<readonly MetricSnapshot[]> {
    const asked = [...this.#ends].map(async (end) => {
      this.#metrics.tell(end, await end.link.call('metrics'));
    });
    const over = new AbortController();
    const tooLong = delay(this.#parts.tellsWithinMs ?? 3000, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([Promise.allSettled(asked), tooLong]);
    over.abort();
    return await this.#metrics.all();
  }

  /** Resolves with false when none runs such an invocation. */
  async cancel(invocationId: string): Promise<boolean> {
    return (await this.#askAll((link) => link.call('cancel', invocationId))).includes(true);
  }

  /** Resolves when the invocations that had ended are in the store, or a worker could not write them. Never rejects. */
  async flushHistory(): Promise<void> {
    await this.#askAll((link) => link.call('flushHistory'));
  }

  /** Has the invocations told that begin in any worker from now on. Returns what ends that. */
  follow(functionId: FunctionId, onEvent: (event: LiveEvent) => void): () => void {
    const followId = ++this.#lastFollowId;
    this.#followings.set(followId, { functionId, onEvent });
    for (const end of this.#ends) this.#insist(end, end.link.call('follow', followId, functionId));
    return () => {
      this.#followings.delete(followId);
      void this.#askAll((link) => link.call('unfollow', followId));
    };
  }

  /** A worker tells what happens to an invocation that is followed. */
  tellLive(followId: number, event: LiveEvent): void {
    this.#followings.get(followId)?.onEvent(event);
  }

  /** Resolves with how many calls were cancelled. */
  async drain(limitMs: number): Promise<number> {
    const cancelled = await this.#askAll((link) => link.call('drain', limitMs));
    return cancelled.reduce((sum, count) => sum + count, 0);
  }

  /** Has all end by themselves. */
  async stop(): Promise<void> {
    await this.#askAll((link) => link.call('stop'));
  }

  /** A worker that cannot be asked has gone, and whatever it had with it. */
  async #askAll<Value>(ask: (link: WorkerEnd['link']) => Promise<Value>): Promise<readonly Value[]> {
    const asked = await Promise.allSettled([...this.#ends].map(({ link }) => ask(link)));
    return asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  }

  /** What one does not hear would be wrong there for as long as it lives. */
  #insist(end: WorkerEnd, hearing: Promise<void>): void {
    const over = new AbortController();
    const tooLong = delay(this.#parts.hearsWithinMs ?? 30_000, undefined, { signal: over.signal, ref: false }).then(
      () => {
        this.#parts.onDeaf();
        end.kill();
      },
      () => undefined,
    );
    // A link breaks with its worker only.
    const heard = hearing
      .catch(() => undefined)
      .finally(() => {
        over.abort();
      });
    const either: Promise<void> = Promise.race([heard, tooLong]).finally(() => {
      this.#unheard.delete(either);
    });
    this.#unheard.add(either);
  }
}
