import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { companies, quantile, recordedCanary } from './canary-record.ts';

/** How many times as long as beside a harmless neighbour the slowest in a hundred calls may take. */
const mostTimes = 2;
/** With fewer, the slowest in a hundred is an accident: a run of single files is not judged. */
const fewestSamples = 100;

/**
 * Before the attacks: gives the arenas a place for their figures. After the last one: prints what the canary felt over the whole
 * run, and lets the run fail when attackers have cost it more than innocents do.
 *
 * The comparison is with a neighbour that deploys and starts containers as every attack has to, not with a quiet machine: the
 * engine's own work for a container is done outside all control groups of sandboxes, and on few cores everybody feels it,
 * whoever caused it. Both figures are printed.
 */
export default async function sumUpCanary(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-canary-'));
  project.provide('canaryRecord', directory);
  return async () => {
    const latencies = await recordedCanary(directory);
    await rm(directory, { recursive: true, force: true });
    const p99 = (samples: readonly number[]): number => quantile(samples, 0.99);
    for (const company of companies) {
      const samples = latencies[company];
      const [median, slowest] = [quantile(samples, 0.5), p99(samples)].map((ms) => ms.toFixed(1));
      console.log(`canary, ${company}: median ${median} ms, p99 ${slowest} ms, of ${samples.length} calls`);
    }
    if (latencies.neighbour.length < fewestSamples) return;
    const attacked = p99(latencies.attacks);
    const times = attacked / p99(latencies.neighbour);
    console.log(
      `canary, attacked: p99 is ${times.toFixed(2)} times that beside a neighbour, ${(attacked / p99(latencies.alone)).toFixed(2)} times that alone`,
    );
    if (times < mostTimes) return;
    process.exitCode = 1;
    throw new Error(
      `Attacks cost the canary ${times.toFixed(2)} times what a neighbour does; ${mostTimes} is the limit`,
    );
  };
}
