/** Numbers from 0 up to 1 that look random and are the same in every run: a multiplicative congruential generator. */
export function seededRandom(seed: number): () => number {
  const modulus = 2_147_483_647;
  let state = seed % modulus;
  return () => {
    state = (state * 48_271) % modulus;
    return state / modulus;
  };
}

/** Picks one by its weight. */
export function pickWeighted<T extends { readonly weight: number }>(choices: readonly T[], random: () => number): T {
  let left = random() * choices.reduce((sum, { weight }) => sum + weight, 0);
  const found = choices.find(({ weight }) => (left -= weight) < 0) ?? choices.at(-1);
  if (found === undefined) throw new RangeError('There is nothing to pick from');
  return found;
}
