import type { Violation } from '../errors.ts';
import { pointerTo } from './json-pointer.ts';

/** One violation for each member that a document must not have. */
export function unknownMembers(document: object, known: readonly string[]): readonly Violation[] {
  return Object.keys(document)
    .filter((name) => !known.includes(name))
    .map((name) => ({ pointer: pointerTo(name), message: `is not known; known here are ${known.join(', ')}` }));
}
