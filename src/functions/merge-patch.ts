import { isObject } from '../documents/json-object.ts';

/**
 * Applies a JSON merge patch to a document: members that are null are taken away, objects are merged, and all else replaces
 * what was there. Neither is changed. Source: RFC 7396, section 2.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  // A map, and entries, as every name is a plain one then: also `__proto__`.
  const merged = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}
