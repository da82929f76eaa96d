/** Whether a dotted version, with whatever follows its numbers, is at least another. Missing numbers count as zero. */
export function atLeast(version: string, wanted: string): boolean {
  const [have, need] = [numbers(version), numbers(wanted)];
  for (let index = 0; index < need.length; index += 1) {
    const difference = (have[index] ?? 0) - (need[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbers(version: string): readonly number[] {
  return (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);
}
