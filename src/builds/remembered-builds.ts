import type { BuildRecord } from './build-record.ts';

/** Ended builds that can still be asked for, and for how long. */
const mostEnded = 50;
const rememberedMs = 600_000;

/** Builds by id: those that have not ended, and some that have. */
export class RememberedBuilds {
  readonly #records = new Map<string, BuildRecord>();
  readonly #clock: () => Date;

  constructor(clock: () => Date) {
    this.#clock = clock;
  }

  add(record: BuildRecord): void {
    this.#records.set(record.id, record);
    this.#forget();
  }

  find(id: string): BuildRecord | undefined {
    this.#forget();
    return this.#records.get(id);
  }

  get live(): readonly BuildRecord[] {
    return [...this.#records.values()].filter(({ endedAt }) => endedAt === undefined);
  }

  isLive(id: string): boolean {
    const record = this.#records.get(id);
    return record !== undefined && record.endedAt === undefined;
  }

  #forget(): void {
    const ended = [...this.#records.values()].filter(({ endedAt }) => endedAt !== undefined);
    const tooMany = ended.length - mostEnded;
    for (const [index, { id, endedAt }] of ended.entries()) {
      const isOld = this.#clock().getTime() - (endedAt?.getTime() ?? 0) > rememberedMs;
      if (isOld || index < tooMany) this.#records.delete(id);
    }
  }
}
