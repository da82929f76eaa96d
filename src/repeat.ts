interface Repetition {
  /**
   * Starts again only when it has ended, however long that takes.
   * @param ending aborts when there is to be no more of it.
   */
  readonly work: (ending: AbortSignal) => Promise<unknown>;
  readonly everyMs: number;
  readonly onFailure: (error: unknown) => void;
}

/** Does some work every now and then, first when the time has passed once. Returns what ends it, and waits for what is under way. */
export function repeat({ work, everyMs, onFailure }: Repetition): () => Promise<void> {
  const ending = new AbortController();
  let working: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    working ??= work(ending.signal)
      .catch(onFailure)
      .finally(() => {
        working = undefined;
      });
  }, everyMs);
  timer.unref();
  return async () => {
    ending.abort();
    clearInterval(timer);
    await working;
  };
}
