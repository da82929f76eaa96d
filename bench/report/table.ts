import type { Bar } from '../bench-case.ts';
import type { Finding, Spread } from './verdict.ts';

/** The findings as lines of text for a terminal. */
export function table(findings: readonly Finding[]): string {
  const rows = [
    ['case', 'figure', 'ours', 'theirs', 'ratio', 'bar', ''],
    ...findings.map(({ id, figure, ours, theirs, ratio, bar, met }) => [
      id,
      figure,
      written(ours),
      written(theirs),
      number(ratio),
      bar === undefined ? '' : barText(bar),
      met === undefined ? '' : met ? 'met' : 'MISSED',
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function barText({ side, ratio }: Bar): string {
  return `${side} ${number(ratio)}`;
}

function written({ median, least, most }: Spread): string {
  return least === most ? number(median) : `${number(median)} (${number(least)} to ${number(most)})`;
}

function number(value: number): string {
  const size = Math.abs(value);
  return size >= 100 ? value.toFixed(0) : size >= 1 ? value.toPrecision(3) : value.toFixed(3);
}
