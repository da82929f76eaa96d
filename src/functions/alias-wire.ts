import type { Alias, AliasTarget } from './alias.ts';

/** Where an alias leads, as clients send and see it. The last two come together, or not at all. */
export interface AliasTargetWire {
  readonly version: number;
  readonly other_version?: number;
  readonly other_percent?: number;
}

/** An alias as clients see it. */
export interface AliasWire extends AliasTargetWire {
  readonly function: string;
  readonly alias: string;
  /** What a rollback goes back to; null when it never pointed elsewhere. */
  readonly previous: AliasTargetWire | null;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export function aliasToWire(alias: Alias): AliasWire {
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

export function targetToWire({ version, other }: AliasTarget): AliasTargetWire {
  return other === undefined ? { version } : { version, other_version: other.version, other_percent: other.percent };
}

export function targetFromWire({
  version,
  other_version: other,
  other_percent: percent,
}: AliasTargetWire): AliasTarget {
  return other === undefined || percent === undefined ? { version } : { version, other: { version: other, percent } };
}
