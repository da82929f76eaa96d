const name = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const label = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\n"])*"`;
const sample = new RegExp(`^(${name}(?:\\{${label}(?:,${label})*\\})?) (-?[0-9.]+(?:e[+-]?[0-9]+)?|[+-]Inf|NaN)$`);
const remark = new RegExp(`^# (?:HELP (${name}) .*|TYPE (${name}) (?:counter|gauge|histogram|summary|untyped))$`);

/**
 * The samples of a text in Prometheus' text format, version 0.0.4, by name and labels as they stand there.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 * @throws Error at the first line that is none of the format, and at a sample that comes twice.
 */
export function readMetrics(text: string): ReadonlyMap<string, number> {
  if (!text.endsWith('\n')) throw new Error('The last line does not end');
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || remark.test(line)) continue;
    const [, series = '', value = ''] = sample.exec(line) ?? [];
    if (series === '' || samples.has(series)) throw new Error(`Not a sample, or one that was there: ${line}`);
    samples.set(series, Number(value.replace('Inf', 'Infinity')));
  }
  return samples;
}
