import type { Subjects } from './subjects/subjects.ts';

/** What one measurement found, by the name of the figure: `calls a second` for example. */
export type Figures = Readonly<Record<string, number>>;

/** What the ratio of a figure, ours to theirs, has to be. */
export interface Bar {
  readonly side: 'at least' | 'at most';
  readonly ratio: number;
}

/** Two sides that are measured in alternating rounds. What it opened goes when it is disposed of. */
export interface Contest extends AsyncDisposable {
  readonly ours: () => Promise<Figures>;
  readonly theirs: () => Promise<Figures>;
}

/** One line of the bench. */
export interface BenchCase {
  readonly id: string;
  /** What is measured of us. */
  readonly what: string;
  /** What it is compared with. */
  readonly against: string;
  /** The bars, by figure. Figures without one are shown and judge nothing. */
  readonly bars: Readonly<Record<string, Bar>>;
  /** The ratios that are reached where a bar is not yet: what the guard against regressions holds instead of the bar. */
  readonly reached?: Readonly<Record<string, number>>;
  /** How often each side is measured. */
  readonly rounds: number;
  /** The same in the short form; left out where the short form, which guards against regressions, leaves the case out. */
  readonly roundsOfGuard?: number;
  open(subjects: Subjects, effort: Effort): Promise<Contest>;
}

/** How long measurements last. */
export interface Effort {
  /** Time under load before anything is measured: until compilers have what they want, and sandboxes are there. */
  readonly warmUpMs: number;
  /** Time under load per measurement, in milliseconds. */
  readonly loadMs: number;
}

export function atLeast(ratio: number): Bar {
  return { side: 'at least', ratio };
}

export function atMost(ratio: number): Bar {
  return { side: 'at most', ratio };
}
