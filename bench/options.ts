import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** The short form: fewer and shorter rounds of the cases that guard against regressions. */
  readonly short: boolean;
  /** Ids of cases; all when empty. */
  readonly only: readonly string[];
  /** Path of the file for everything that was measured. */
  readonly json: string;
  readonly help: boolean;
}

export const usage = `Usage: npm run bench [-- OPTIONS]

Measures this product against what its users would run instead, side by side, in alternating rounds.

  --only W1,C2   these cases alone
  --short        the guard against regressions: its cases alone, in short rounds, for about two minutes; fails when a
                 ratio is a third worse than its bar, twice in turn
  --json FILE    where everything that was measured is written; bench-results.json when left out

Ends with 1 when a bar is missed. All cases together take about half an hour.
A ratio means something; an absolute figure only does on the same machine in the same minute.`;

export function readOptions(given: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...given],
    options: {
      short: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      json: { type: 'string', default: 'bench-results.json' },
      help: { type: 'boolean', default: false },
    },
  });
  const only = values.only.split(',').filter((id) => id !== '');
  return { short: values.short, only, json: values.json, help: values.help };
}
