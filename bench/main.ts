import { writeFile } from 'node:fs/promises';
import type { BenchCase, Effort } from './bench-case.ts';
import { allCases } from './cases/all.ts';
import { readOptions, usage, type BenchOptions } from './options.ts';
import { describeMachine } from './report/machine.ts';
import { table } from './report/table.ts';
import { findingsOf, loosened, meets, type Finding, type Round } from './report/verdict.ts';
import { Subjects } from './subjects/subjects.ts';

const engineHost = process.env['SRAAS_ENGINE_HOST'] ?? process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';

async function measure(one: BenchCase, subjects: Subjects, { short }: BenchOptions): Promise<readonly Finding[]> {
  const effort: Effort = { loadMs: short ? 1500 : 4000 };
  const count = short ? Math.max(3, Math.ceil(one.rounds / 3)) : one.rounds;
  await using contest = await one.open(subjects, effort);
  const rounds: Round[] = [];
  for (let round = 0; round < count; round++) {
    // Who goes first changes from round to round, so that neither gains by what the other left behind.
    const oursFirst = round % 2 === 0;
    const ours = oursFirst ? await contest.ours() : undefined;
    const theirs = await contest.theirs();
    rounds.push({ ours: ours ?? (await contest.ours()), theirs });
  }
  return findingsOf(one, rounds);
}

function judged(findings: readonly Finding[], { short }: BenchOptions): readonly Finding[] {
  if (!short) return findings;
  return findings.map((finding) => {
    if (finding.bar === undefined) return finding;
    const bar = loosened(finding.bar);
    return { ...finding, bar, met: meets(finding.ratio, bar) };
  });
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const unknown = options.only.filter((id) => !allCases.some((one) => one.id === id));
  if (unknown.length > 0) throw new Error(`There is no case ${unknown.join(', ')}.`);
  const chosen = allCases.filter(({ id, guards }) =>
    options.only.length > 0 ? options.only.includes(id) : !options.short || guards === true,
  );
  await using subjects = new Subjects(engineHost);
  const machine = await describeMachine(subjects.docker);
  const findings: Finding[] = [];
  for (const one of chosen) {
    console.log(`${one.id}: ${one.what}, against ${one.against} …`);
    const found = judged(await measure(one, subjects, options), options);
    console.log(`${table(found)}\n`);
    findings.push(...found);
  }
  console.log(table(findings));
  if (options.json !== undefined) {
    await writeFile(options.json, `${JSON.stringify({ at: new Date(), machine, findings }, undefined, 2)}\n`);
  }
  const missed = findings.filter(({ met }) => met === false);
  console.log(missed.length === 0 ? 'All bars are met.' : `${missed.length} bars are missed.`);
  return missed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
