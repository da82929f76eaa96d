import { repeat } from '../repeat.ts';
import type { ServerRun, ServerStore } from './server-store.ts';

interface MembershipParts {
  readonly store: ServerStore;
  readonly self: ServerRun;
  /** Told when this server's place was taken: another one was started on a copy of its data directory. */
  readonly onReplaced: () => void;
  /**
   * Looks what a server has on this server's engine, and resolves with what removes just that. Asked for as long as the server
   * counts as dead. The failures of both are told.
   */
  readonly removalOf: (instanceId: string) => Promise<() => Promise<void>>;
  readonly onFailure: (message: string, error: unknown) => void;
  readonly beatEveryMs?: number;
  readonly deadAfterMs?: number;
}

/** A server that was not seen for so long counts as dead: six beats that did not come. */
const usualDeadAfterMs = 60_000;
const usualBeatEveryMs = 10_000;
/** A dead server's containers may be on an engine whose servers are away as well. */
const forgottenAfterMs = 86_400_000;

/** This server's place among those that share a database: it says that it lives, and looks who does not any more. */
export class Membership {
  readonly #parts: MembershipParts;
  readonly #deadAfterMs: number;
  #end: (() => Promise<void>) | undefined;
  #replaced = false;
  /** When this server last said that it lives, and from when on it may judge others, by the monotonic clock. */
  #beatAtMs = -Infinity;
  #judgesFromMs = -Infinity;

  constructor(parts: MembershipParts) {
    this.#parts = parts;
    this.#deadAfterMs = parts.deadAfterMs ?? usualDeadAfterMs;
  }

  /** @throws SraasError `STORE_UNAVAILABLE`. */
  async open(): Promise<void> {
    const { store, self, beatEveryMs = usualBeatEveryMs, onFailure } = this.#parts;
    await store.announce(self);
    this.#beatAtMs = performance.now();
    const endings = [
      repeat({
        work: () => this.#beat(),
        everyMs: beatEveryMs,
        onFailure: (error) => {
          onFailure('The other servers could not be told that this one lives', error);
        },
      }),
      repeat({
        work: () => this.#look(),
        everyMs: this.#deadAfterMs / 6,
        onFailure: (error) => {
          onFailure('What dead servers left behind could not be removed yet', error);
        },
      }),
    ];
    this.#end = async () => {
      await Promise.all(endings.map((end) => end()));
    };
  }

  /** Whether a run of some server goes on, as far as is known: a dead one counts as running for another minute. */
  async isRunning(runId: string): Promise<boolean> {
    return this.#parts.store.wasSeen(runId, this.#deadAfterMs);
  }

  async close(): Promise<void> {
    await this.#end?.();
    this.#end = undefined;
    const { store, self, onFailure } = this.#parts;
    await store.leave(self).catch((error: unknown) => {
      onFailure('The other servers could not be told that this one stops; they find out in a minute', error);
    });
  }

  async #beat(): Promise<void> {
    const isOurs = await this.#parts.store.beat(this.#parts.self);
    if (!isOurs && !this.#replaced) this.#parts.onReplaced();
    this.#replaced = !isOurs;
    // What kept this server from the database may have kept the others from it too: they get the time to be seen again.
    const nowMs = performance.now();
    if (this.#wasAway(nowMs)) this.#judgesFromMs = nowMs + this.#deadAfterMs;
    this.#beatAtMs = nowMs;
  }

  /** Whether it could not say for long that it lives. Half the time is enough to have others seem dead who came a little later. */
  #wasAway(nowMs: number): boolean {
    return nowMs - this.#beatAtMs > this.#deadAfterMs / 2;
  }

  async #look(): Promise<void> {
    const { store } = this.#parts;
    const nowMs = performance.now();
    if (this.#wasAway(nowMs) || nowMs < this.#judgesFromMs) return;
    const dead = await store.unseen(this.#deadAfterMs);
    if (dead.length > 0) await this.#takeLeave(dead);
    await store.forget(forgottenAfterMs);
  }

  /**
   * One of them may be started again at any moment. It announces itself before it has anything, so whatever was there while it
   * still had not is of its dead run.
   */
  async #takeLeave(dead: readonly string[]): Promise<void> {
    const { store, removalOf } = this.#parts;
    const removals = new Map<string, () => Promise<void>>();
    for (const instanceId of dead) removals.set(instanceId, await removalOf(instanceId));
    for (const instanceId of await store.unseen(this.#deadAfterMs)) await removals.get(instanceId)?.();
  }
}
