import { configFromWire, configToWire, type StoredConfig } from '../functions/function-config-wire.ts';
import type { VersionDraft } from '../functions/function-store.ts';
import type { ArtifactHash } from '../artifacts/artifact-hash.ts';
import type { ImageKey } from '../runtimes/custom/made-image.ts';
import type { DeployedFunction, FunctionConfig, FunctionId, FunctionVersion } from '../functions/function.ts';
import type { FunctionsTable, VersionsTable } from './schema.ts';

export type VersionRow = VersionsTable & { readonly function_name: string };

/** A version's row joined with its function's; the function's own times are under other names. */
export type FunctionRow = VersionRow & Readonly<Record<'function_created_at' | 'function_updated_at', string>>;

export function toVersion(row: VersionRow): FunctionVersion {
  return {
    functionId: row.function_id as FunctionId,
    functionName: row.function_name,
    number: row.number,
    config: configFromText(row.config),
    artifactHash: row.artifact_hash as ArtifactHash,
    artifactBytes: Number(row.artifact_bytes),
    entry:
      row.entry_file === ''
        ? undefined
        : { file: row.entry_file, exportName: row.entry_export, sourceMaps: row.entry_source_maps === 1 },
    ...(row.image_key === null ? {} : { imageKey: row.image_key as ImageKey }),
    createdAt: new Date(row.created_at),
  };
}

export function toFunction(row: FunctionRow): DeployedFunction {
  return {
    id: row.function_id as FunctionId,
    name: row.function_name,
    createdAt: new Date(row.function_created_at),
    updatedAt: new Date(row.function_updated_at),
    latest: toVersion(row),
  };
}

export function toFunctionsRow(id: string, draft: VersionDraft): FunctionsTable {
  const createdAt = draft.createdAt.toISOString();
  return { id, name: draft.functionName, latest_number: 0, created_at: createdAt, updated_at: createdAt };
}

export function toVersionsRow(functionId: string, number: number, draft: VersionDraft): VersionsTable {
  return {
    function_id: functionId,
    number,
    artifact_hash: draft.artifactHash,
    artifact_bytes: draft.artifactBytes,
    entry_file: draft.entry?.file ?? '',
    entry_export: draft.entry?.exportName ?? '',
    entry_source_maps: draft.entry?.sourceMaps === true ? 1 : 0,
    config: configToText(draft.config),
    created_at: draft.createdAt.toISOString(),
    runtime: draft.config.runtime,
    image_key: draft.imageKey ?? null,
  };
}

/** Whether publishing the draft would change anything about a version. */
export function saysTheSame(version: FunctionVersion, draft: VersionDraft): boolean {
  return (
    version.artifactHash === draft.artifactHash &&
    version.imageKey === draft.imageKey &&
    version.entry?.file === draft.entry?.file &&
    version.entry?.exportName === draft.entry?.exportName &&
    version.entry?.sourceMaps === draft.entry?.sourceMaps &&
    // Both texts are written anew: a row of an earlier release may spell an equal config in another way.
    configToText(version.config) === configToText(draft.config)
  );
}

function configToText(config: FunctionConfig): string {
  return JSON.stringify(configToWire(config));
}

function configFromText(text: string): FunctionConfig {
  // Only configToText writes this column.
  return configFromWire(JSON.parse(text) as StoredConfig);
}
