import { SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import type { HistoryEntry, HistoryStore } from './history-store.ts';

interface HistoryWriterParts {
  readonly store: Pick<HistoryStore, 'append'>;
  /** Told once when writing begins to fail; it is tried again until it works. */
  readonly onFailure: (message: string, error: unknown) => void;
  /** Told how many were left out because more came than could be written. */
  readonly onDropped: (count: number) => void;
}

/** How long an invocation waits for others to be written with. */
const gatherMs = 250;
const retryMs = 2000;

/** A write of so many has others wait for some milliseconds; one commit for many costs the least. */
const batchEntries = 1000;
const batchBytes = 4_000_000;

/** What may wait at most, when the store fails or is slow. */
const mostWaiting = 20_000;
const mostWaitingBytes = 64_000_000;

/**
 * Writes invocations behind their replies, many at a time. Adding neither waits nor fails: when the store cannot keep up, the
 * oldest that wait are left out, and counted.
 */
export class HistoryWriter {
  readonly #parts: HistoryWriterParts;
  /** What nobody has had time for yet. */
  #unmade: (() => HistoryEntry)[] = [];
  #making: NodeJS.Immediate | undefined;
  #waiting = new Map<string, HistoryEntry>();
  #waitingBytes = 0;
  /** What is being written now. */
  #batch: ReadonlyMap<string, HistoryEntry> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #dropped = 0;
  #failing = false;

  constructor(parts: HistoryWriterParts) {
    this.#parts = parts;
  }

  /** Adds what is made of an invocation once its reply is out, or as soon as somebody asks. */
  add(make: () => HistoryEntry): void {
    this.#unmade.push(make);
    this.#making ??= setImmediate(this.#makeAll);
  }

  readonly #makeAll = (): void => {
    clearImmediate(this.#making);
    this.#making = undefined;
    const unmade = this.#unmade;
    this.#unmade = [];
    for (const make of unmade) {
      try {
        this.#keep(make());
      } catch (error) {
        this.#parts.onFailure('An invocation is missing in the history', error);
      }
    }
  };

  #keep(entry: HistoryEntry): void {
    this.#waiting.set(entry.record.id, entry);
    this.#waitingBytes += sizeOf(entry);
    this.#dropBeyondLimits();
    const enough = this.#waiting.size >= batchEntries || this.#waitingBytes >= batchBytes;
    if (enough && !this.#failing && this.#writing === undefined) this.#schedule(0);
    else this.#timer ??= setTimeout(this.#onTimer, gatherMs);
  }

  /** How many are not in the store yet. */
  get waitingCount(): number {
    return this.#unmade.length + this.#waiting.size + this.#batch.size;
  }

  /** What is not in the store yet. */
  find(invocationId: string): HistoryEntry | undefined {
    this.#makeAll();
    return this.#waiting.get(invocationId) ?? this.#batch.get(invocationId);
  }

  /** Resolves when all that was added before is in the store, or the store has failed. Never rejects. */
  async flush(): Promise<void> {
    this.#makeAll();
    // What is being written began before the newest came.
    await this.#writing;
    await this.#write();
  }

  /** Writes what waits, and gives up on it when that fails. Nothing may be added after it. */
  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
    this.#dropped += this.#waiting.size;
    this.#tellDropped();
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    void this.#write();
  };

  #schedule(afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onTimer, afterMs);
  }

  #write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.size > 0) {
      const batch = this.#takeBatch();
      this.#batch = batch;
      try {
        failpoint('history.before_append');
        await this.#parts.store.append([...batch.values()]);
        failpoint('history.appended');
        this.#failing = false;
      } catch (error) {
        if (this.#isOver(error, batch)) continue;
        this.#putBack(batch);
        this.#schedule(retryMs);
        return;
      } finally {
        this.#batch = new Map();
        this.#tellDropped();
      }
    }
  }

  /** Whether another try could not help: what is not the store's own failure is a mistake, and would hold up all the rest. */
  #isOver(error: unknown, batch: ReadonlyMap<string, HistoryEntry>): boolean {
    const isOver = !(error instanceof SraasError);
    const what = isOver ? 'History could not be written' : 'History could not be written; it is tried again';
    if (isOver || !this.#failing) this.#parts.onFailure(what, error);
    if (isOver) this.#dropped += batch.size;
    else this.#failing = true;
    return isOver;
  }

  #takeBatch(): ReadonlyMap<string, HistoryEntry> {
    const batch = new Map<string, HistoryEntry>();
    let bytes = 0;
    for (const [id, entry] of this.#waiting) {
      if (batch.size === batchEntries || bytes >= batchBytes) break;
      batch.set(id, entry);
      bytes += sizeOf(entry);
      this.#waiting.delete(id);
    }
    this.#waitingBytes -= bytes;
    return batch;
  }

  #putBack(batch: ReadonlyMap<string, HistoryEntry>): void {
    this.#waiting = new Map([...batch, ...this.#waiting]);
    for (const entry of batch.values()) this.#waitingBytes += sizeOf(entry);
    this.#dropBeyondLimits();
  }

  #dropBeyondLimits(): void {
    for (const [id, entry] of this.#waiting) {
      if (this.#waiting.size <= mostWaiting && this.#waitingBytes <= mostWaitingBytes) return;
      this.#waiting.delete(id);
      this.#waitingBytes -= sizeOf(entry);
      this.#dropped++;
    }
  }

  #tellDropped(): void {
    if (this.#dropped > 0) this.#parts.onDropped(this.#dropped);
    this.#dropped = 0;
  }
}

/** What a record takes beside its bytes, roughly. */
const recordBytes = 1000;

function sizeOf({ record, payload: { envelope, result, logs } }: HistoryEntry): number {
  return (
    recordBytes +
    2 * (record.error?.length ?? 0) +
    (envelope?.length ?? 0) +
    (result?.length ?? 0) +
    (logs?.length ?? 0)
  );
}
