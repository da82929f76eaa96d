import type { Bar, BenchCase, Figures } from '../bench-case.ts';
import { median } from '../load/quantile.ts';

/** One side's values of a figure over all rounds. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** One of each round, in their order. */
  readonly values: readonly number[];
}

/** What was found of one figure of a case. */
export interface Finding {
  readonly id: string;
  readonly what: string;
  readonly against: string;
  readonly figure: string;
  readonly ours: Spread;
  readonly theirs: Spread;
  /** Median of the ratios, ours to theirs, of each round: what slowed a round down slowed both of its sides. */
  readonly ratio: number;
  readonly bar: Bar | undefined;
  /** Undefined without a bar. */
  readonly met: boolean | undefined;
}

export interface Round {
  readonly ours: Figures;
  readonly theirs: Figures;
}

export function findingsOf({ id, what, against, bars }: BenchCase, rounds: readonly Round[]): readonly Finding[] {
  const figures = Object.keys(rounds[0]?.ours ?? {});
  return figures.map((figure) => {
    const ours = rounds.map((round) => round.ours[figure] ?? Number.NaN);
    const theirs = rounds.map((round) => round.theirs[figure] ?? Number.NaN);
    const ratio = median(ours.map((value, index) => value / (theirs[index] ?? Number.NaN)));
    const bar = bars[figure];
    const met = bar === undefined ? undefined : meets(ratio, bar);
    return { id, what, against, figure, ours: spread(ours), theirs: spread(theirs), ratio, bar, met };
  });
}

export function meets(ratio: number, { side, ratio: wanted }: Bar): boolean {
  return side === 'at least' ? ratio >= wanted : ratio <= wanted;
}

/** The bar of the regression guard: a third worse than the one that is promised, or than what is reached. */
export function loosened({ side, ratio }: Bar): Bar {
  return { side, ratio: side === 'at least' ? (ratio * 2) / 3 : (ratio * 3) / 2 };
}

function spread(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values), values };
}
