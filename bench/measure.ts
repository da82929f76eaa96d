import type { BenchCase, Effort } from './bench-case.ts';
import type { Round } from './report/verdict.ts';
import type { Subjects } from './subjects/subjects.ts';

/** How much is measured. */
export interface Extent extends Effort {
  roundsOf(one: BenchCase): number;
}

export const whole: Extent = { warmUpMs: 3000, loadMs: 4000, roundsOf: ({ rounds }) => rounds };

/** Short rounds, and more of them: what else the machine does then spoils some, and the median passes them over. */
export const short: Extent = {
  warmUpMs: 3000,
  loadMs: 600,
  roundsOf: ({ rounds, roundsOfGuard = rounds }) => roundsOfGuard,
};

/** @param say Told in words what is being done. */
export async function measure(
  one: BenchCase,
  subjects: Subjects,
  extent: Extent,
  say: (progress: string) => void,
): Promise<readonly Round[]> {
  await using contest = await one.open(subjects, extent);
  const rounds: Round[] = [];
  const count = extent.roundsOf(one);
  for (let round = 0; round < count; round++) {
    say(`round ${round + 1} of ${count}`);
    // Who goes first changes from round to round, so that neither gains by what the other left behind.
    const oursFirst = round % 2 === 0;
    const ours = oursFirst ? await contest.ours() : undefined;
    const theirs = await contest.theirs();
    rounds.push({ ours: ours ?? (await contest.ours()), theirs });
  }
  return rounds;
}
