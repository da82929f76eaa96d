import type { Alias, AliasTarget } from '../functions/alias.ts';
import { targetFromWire, targetToWire } from '../functions/alias-wire.ts';
import type { FunctionId } from '../functions/function.ts';
import type { AliasTargetDocument } from '../wire/alias.ts';
import type { AliasesTable } from './schema.ts';

export type AliasRow = AliasesTable & { readonly function_name: string };

export function toAlias(row: AliasRow): Alias {
  return {
    functionId: row.function_id as FunctionId,
    functionName: row.function_name,
    name: row.name,
    target: toTarget(row),
    previous: row.previous === null ? undefined : targetFromWire(JSON.parse(row.previous) as AliasTargetDocument),
    revision: row.revision,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}

export function toTargetColumns({
  version,
  other,
}: AliasTarget): Pick<AliasesTable, 'version' | 'other_version' | 'other_percent'> {
  return { version, other_version: other?.version ?? null, other_percent: other?.percent ?? null };
}

export function toPreviousColumn(target: AliasTarget): string {
  return JSON.stringify(targetToWire(target));
}

function toTarget({ version, other_version: other, other_percent: percent }: AliasRow): AliasTarget {
  return other === null || percent === null ? { version } : { version, other: { version: other, percent } };
}
