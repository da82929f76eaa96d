import { pointerTo } from '../documents/json-pointer.ts';
import type { ConfigChangeDocument, VersionDifferenceDocument } from '../wire/version-difference.ts';
import { configToWire } from './function-config-wire.ts';
import type { FunctionVersion } from './function.ts';

/** Compares two versions of one function: the config member by member, the code as a whole. */
export function versionDifference(from: FunctionVersion, to: FunctionVersion): VersionDifferenceDocument {
  return {
    name: from.functionName,
    from: from.number,
    to: to.number,
    code: {
      // An image of its own is made of more than the code.
      same: from.artifactHash === to.artifactHash && from.imageKey === to.imageKey,
      from: { sha256: from.artifactHash, bytes: from.artifactBytes },
      to: { sha256: to.artifactHash, bytes: to.artifactBytes },
    },
    config: changes(leaves(configToWire(from.config)), leaves(configToWire(to.config))),
  };
}

function changes(
  from: ReadonlyMap<string, unknown>,
  to: ReadonlyMap<string, unknown>,
): readonly ConfigChangeDocument[] {
  const pointers = [...new Set([...from.keys(), ...to.keys()])];
  return pointers
    .filter((pointer) => from.get(pointer) !== to.get(pointer))
    .map((pointer) => ({
      pointer,
      ...(from.has(pointer) ? { from: from.get(pointer) } : {}),
      ...(to.has(pointer) ? { to: to.get(pointer) } : {}),
    }));
}

/** Everything in a config that is not an object itself, by its pointer. A config has no lists. */
function leaves(document: object, path = ''): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [name, value] of Object.entries(document) as [string, unknown][]) {
    const pointer = path + pointerTo(name);
    if (typeof value !== 'object' || value === null) found.set(pointer, value);
    else for (const [inner, leaf] of leaves(value, pointer)) found.set(inner, leaf);
  }
  return found;
}
