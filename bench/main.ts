import { writeFile } from 'node:fs/promises';
import type { BenchCase } from './bench-case.ts';
import { allCases } from './cases/all.ts';
import { guardedFindings } from './guard.ts';
import { measure, whole } from './measure.ts';
import { readOptions, usage, type BenchOptions } from './options.ts';
import { describeMachine, machineLine } from './report/machine.ts';
import { Progress } from './report/progress.ts';
import { table } from './report/table.ts';
import { findingsOf, type Finding } from './report/verdict.ts';
import { Subjects } from './subjects/subjects.ts';

const engineHost = process.env['SRAAS_ENGINE_HOST'] ?? process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';

const progress = new Progress(process.stdout);

function chosenCases({ only, short }: BenchOptions): readonly BenchCase[] {
  const unknown = only.filter((id) => !allCases.some((one) => one.id === id));
  if (unknown.length > 0) {
    throw new Error(`There is no case ${unknown.join(', ')}: there are ${allCases.map(({ id }) => id).join(', ')}.`);
  }
  return allCases.filter(({ id, roundsOfGuard }) =>
    only.length > 0 ? only.includes(id) : !short || roundsOfGuard !== undefined,
  );
}

/** Measures a case, and says on the terminal what is being done and what was found. */
async function findingsWithTime(
  one: BenchCase,
  subjects: Subjects,
  { short }: BenchOptions,
): Promise<readonly Finding[]> {
  console.log(`${one.id}: ${one.what}\n    against ${one.against}`);
  const say = (text: string): void => {
    progress.say(`    ${text}`);
  };
  say('getting ready');
  const began = performance.now();
  const findings = short
    ? await guardedFindings(one, subjects, say)
    : findingsOf(one, await measure(one, subjects, whole, say));
  progress.clear();
  console.log(`${table(findings)}\n(${((performance.now() - began) / 1000).toFixed(0)} s)\n`);
  return findings;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const chosen = chosenCases(options);
  await using subjects = new Subjects(engineHost);
  const machine = await describeMachine(subjects.docker);
  console.log(`${machineLine(machine)}\n`);
  const findings: Finding[] = [];
  for (const one of chosen) findings.push(...(await findingsWithTime(one, subjects, options)));
  if (chosen.length > 1) console.log(`${table(findings)}\n`);
  const report = { at: new Date(), short: options.short, machine, findings };
  await writeFile(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
  console.log(`Everything that was measured is in ${options.json}.`);
  const missed = findings.filter(({ met }) => met === false).length;
  console.log(`bars: ${findings.filter(({ met }) => met === true).length} met, ${missed} missed`);
  return missed === 0 ? 0 : 1;
}

process.exitCode = await main();
