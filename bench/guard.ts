import type { BenchCase } from './bench-case.ts';
import { measure, short } from './measure.ts';
import { findingsOf, loosened, meets, type Finding } from './report/verdict.ts';
import type { Subjects } from './subjects/subjects.ts';

/** How often a case is measured in all before a bar counts as missed. */
const attempts = 2;

/**
 * What the short form finds of a case, judged by loosened bars. What is missed is measured once more, and only what is missed
 * again stays so: a busy neighbour comes and goes, a regression stays.
 */
export async function guardedFindings(
  one: BenchCase,
  subjects: Subjects,
  say: (progress: string) => void,
): Promise<readonly Finding[]> {
  let findings: readonly Finding[] = [];
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const rounds = await measure(one, subjects, short, (progress) => {
      say(attempt === 1 ? progress : `once more, as a bar was missed: ${progress}`);
    });
    findings = findingsOf(one, rounds).map((finding) => judgedLoosely(finding, one.reached));
    if (findings.every(({ met }) => met !== false)) break;
  }
  return findings;
}

function judgedLoosely(finding: Finding, reached: BenchCase['reached'] = {}): Finding {
  if (finding.bar === undefined) return finding;
  const { side, ratio } = finding.bar;
  const bar = loosened({ side, ratio: reached[finding.figure] ?? ratio });
  return { ...finding, bar, met: meets(finding.ratio, bar) };
}
