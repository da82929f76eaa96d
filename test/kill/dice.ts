/** Choices that a seed decides. */
export class Dice {
  readonly #random: () => number;

  /** @param random numbers from 0 up to 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  /** A whole number from 0 up to, but not including, the given one. */
  below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  pick<T>(choices: readonly T[]): T {
    const picked = choices[this.below(choices.length)];
    if (picked === undefined) throw new RangeError('There is nothing to pick from');
    return picked;
  }
}
