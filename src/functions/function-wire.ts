import { configToWire, type FunctionConfigWire } from './function-config-wire.ts';
import type { DeployedFunction, FunctionVersion } from './function.ts';

/** A version as clients see it. Values of `env` are shown: they are configuration, not secrets. */
export interface VersionWire extends FunctionConfigWire {
  readonly name: string;
  readonly version: number;
  readonly code: { readonly sha256: string; readonly bytes: number };
  /** ISO 8601 in UTC with milliseconds, as all times on the wire. */
  readonly created_at: string;
}

/** A function as clients see it: its newest version, and since when there is the name. */
export interface FunctionWire extends VersionWire {
  readonly updated_at: string;
}

export function functionToWire(fn: DeployedFunction): FunctionWire {
  return {
    ...versionToWire(fn.latest),
    created_at: fn.createdAt.toISOString(),
    updated_at: fn.updatedAt.toISOString(),
  };
}

export function versionToWire(version: FunctionVersion): VersionWire {
  return {
    name: version.functionName,
    version: version.number,
    ...configToWire(version.config),
    code: { sha256: version.artifactHash, bytes: version.artifactBytes },
    created_at: version.createdAt.toISOString(),
  };
}
