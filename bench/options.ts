import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** The short form: fewer and shorter rounds of the cases that guard against regressions. */
  readonly short: boolean;
  /** Ids of cases; all when empty. */
  readonly only: readonly string[];
  readonly json: string | undefined;
  readonly help: boolean;
}

export const usage = `Usage: npm run bench [-- OPTIONS]

Measures this product against what its users would run instead, side by side, in alternating rounds.

  --only W1,C2   these cases alone
  --short        the regression guard: fewer rounds; fails when a ratio is a third worse than its bar
  --json FILE    also writes everything that was measured

A ratio means something; an absolute figure only does on the same machine in the same minute.`;

export function readOptions(given: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...given],
    options: {
      short: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const only = values.only.split(',').filter((id) => id !== '');
  return { short: values.short, only, json: values.json, help: values.help };
}
