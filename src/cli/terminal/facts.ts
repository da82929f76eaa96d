import { safeLine } from './safe-text.ts';

/** One thing that is told of something; not told where the value is empty. */
export type Fact = readonly [label: string, value: string];

/** A line for each fact, with the values below each other; each line ends with a newline. */
export function factLines(facts: readonly Fact[]): string {
  return facts
    .filter(([, value]) => value !== '')
    .map(([label, value]) => `${label.padEnd(13)}${safeLine(value)}\n`)
    .join('');
}
