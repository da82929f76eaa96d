/** Does the same with each of many things, so many at a time, begun in their order. */
export async function atATime<T>(
  count: number,
  things: readonly T[],
  work: (thing: T, index: number) => Promise<void>,
): Promise<void> {
  // One iterator for all: whoever is free takes the next thing.
  const left = things.entries();
  const worker = async (): Promise<void> => {
    for (const [index, thing] of left) await work(thing, index);
  };
  await Promise.all(Array.from({ length: count }, worker));
}
