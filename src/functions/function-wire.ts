import type { FunctionDocument, VersionDocument } from '../wire/function.ts';
import { configToWire } from './function-config-wire.ts';
import type { DeployedFunction, FunctionVersion } from './function.ts';

/** A function as clients see it. */
export function functionToWire(fn: DeployedFunction): FunctionDocument {
  return {
    ...versionToWire(fn.latest),
    created_at: fn.createdAt.toISOString(),
    updated_at: fn.updatedAt.toISOString(),
  };
}

/** A version as clients see it. */
export function versionToWire(version: FunctionVersion): VersionDocument {
  return {
    name: version.functionName,
    version: version.number,
    ...configToWire(version.config),
    code: { sha256: version.artifactHash, bytes: version.artifactBytes },
    created_at: version.createdAt.toISOString(),
  };
}
