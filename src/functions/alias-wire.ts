import type { AliasDocument, AliasTargetDocument } from '../wire/alias.ts';
import type { Alias, AliasTarget } from './alias.ts';

/** An alias as clients see it. */
export function aliasToWire(alias: Alias): AliasDocument {
  return {
    function: alias.functionName,
    alias: alias.name,
    ...targetToWire(alias.target),
    previous: alias.previous === undefined ? null : targetToWire(alias.previous),
    revision: alias.revision,
    created_at: alias.createdAt.toISOString(),
    updated_at: alias.updatedAt.toISOString(),
  };
}

export function targetToWire({ version, other }: AliasTarget): AliasTargetDocument {
  return other === undefined ? { version } : { version, other_version: other.version, other_percent: other.percent };
}

export function targetFromWire({
  version,
  other_version: other,
  other_percent: percent,
}: AliasTargetDocument): AliasTarget {
  return other === undefined || percent === undefined ? { version } : { version, other: { version: other, percent } };
}
