import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What else went on while the canary was called: nothing; the work of a harmless neighbour; attacks. */
export type Company = 'alone' | 'neighbour' | 'attacks';

export const companies: readonly Company[] = ['alone', 'neighbour', 'attacks'];

/** Milliseconds that the canary's callers waited. */
export type CanaryLatencies = Readonly<Record<Company, readonly number[]>>;

/** Writes down what one arena has measured, for the summary of the whole run. */
export async function recordCanary(directory: string, latencies: CanaryLatencies): Promise<void> {
  await appendFile(join(directory, `${process.pid}.jsonl`), `${JSON.stringify(latencies)}\n`);
}

/** All that was written down in a folder. */
export async function recordedCanary(directory: string): Promise<CanaryLatencies> {
  const texts = await Promise.all((await readdir(directory)).map((name) => readFile(join(directory, name), 'utf8')));
  const records = texts
    .flatMap((text) => text.split('\n').filter((line) => line !== ''))
    .map((line) => JSON.parse(line) as CanaryLatencies);
  const all = (company: Company): readonly number[] => records.flatMap((record) => record[company]);
  return { alone: all('alone'), neighbour: all('neighbour'), attacks: all('attacks') };
}

/** The value that `share` of the samples do not exceed; 0 without samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
