import { addedUp, counted, type MetricSnapshot } from './snapshot.ts';

/**
 * The metrics of processes that come and go, so that what they count together never becomes less: a sum that did would look like a
 * restart, and all that the others had counted like new. What was told last stands for who does not answer, and what it had counted
 * for who has gone.
 */
export class WorkerMetrics<Worker> {
  readonly #living = new Map<Worker, MetricSnapshot | undefined>();
  #gone: MetricSnapshot[] = [];

  join(worker: Worker): void {
    this.#living.set(worker, undefined);
  }

  leave(worker: Worker): void {
    const last = this.#living.get(worker);
    this.#living.delete(worker);
    if (last !== undefined) this.#gone.push(counted(last));
  }

  /** An answer that comes after its worker has gone is too late: it has been replaced by what was known before. */
  tell(worker: Worker, snapshot: MetricSnapshot): void {
    if (this.#living.has(worker)) this.#living.set(worker, snapshot);
  }

  async all(): Promise<readonly MetricSnapshot[]> {
    await this.#addUpGone();
    return [...this.#gone, ...[...this.#living.values()].filter((snapshot) => snapshot !== undefined)];
  }

  async #addUpGone(): Promise<void> {
    if (this.#gone.length < 2) return;
    const gone = this.#gone;
    const sum = await addedUp(gone);
    // Some may have gone meanwhile.
    this.#gone = [sum, ...this.#gone.slice(gone.length)];
  }
}
