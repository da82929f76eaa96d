import { isObject, memberOf } from '../documents/json-object.ts';
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
    config: [...changes(configToWire(from.config), configToWire(to.config))],
  };
}

/** What differs between two configs, or two members of one name; undefined is a member that a side lacks. A config has no lists. */
function* changes(from: unknown, to: unknown, pointer = ''): Generator<ConfigChangeDocument, void, undefined> {
  if (!isObject(from) && !isObject(to)) {
    if (from === to) return;
    yield { pointer, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    return;
  }
  const names = new Set([from, to].flatMap((side) => (isObject(side) ? Object.keys(side) : [])));
  for (const name of names) yield* changes(memberOf(from, name), memberOf(to, name), pointer + pointerTo(name));
}
