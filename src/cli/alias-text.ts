import type { AliasTargetDocument } from '../wire/alias.ts';

/** Where an alias leads, for people: `3`, or `3 90%, 4 10%`. */
export function targetText({ version, other_version: other, other_percent: percent }: AliasTargetDocument): string {
  if (other === undefined || percent === undefined) return String(version);
  return `${version} ${100 - percent}%, ${other} ${percent}%`;
}
