import { isObject } from '../documents/json-object.ts';
import { refusedDocument } from '../documents/refused-document.ts';
import { unknownMembers } from '../documents/unknown-members.ts';
import type { SraasError, Violation } from '../errors.ts';
import type { AliasTargetDocument } from '../wire/alias.ts';
import type { AliasTarget } from './alias.ts';
import { targetFromWire } from './alias-wire.ts';
import { isVersionNumber } from './version-number.ts';

const members = ['version', 'other_version', 'other_percent'];

/**
 * Checks where a client wants an alias to lead: `{"version":3}`, or `{"version":3,"other_version":4,"other_percent":10}`.
 * Whether there are such versions is the store's to say.
 * @throws SraasError `INVALID_ALIAS`, with all that is wrong.
 */
export function parseAliasTarget(document: unknown): AliasTarget {
  if (!isObject(document)) {
    throw invalidAlias([{ pointer: '', message: 'must be a JSON object like {"version":3}' }]);
  }
  const { version, other_version: other, other_percent: percent } = document;
  const violations = [...unknownMembers(document, members)];
  if (!isVersionNumber(version)) {
    violations.push({ pointer: '/version', message: 'must be the number of a version, from 1 on' });
  }
  const hasShare = other !== undefined || percent !== undefined;
  if (hasShare && !isVersionNumber(other)) {
    violations.push({ pointer: '/other_version', message: 'must be the number of a version beside other_percent' });
  } else if (hasShare && other === version) {
    violations.push({ pointer: '/other_version', message: 'must be another version than version' });
  }
  if (hasShare && !isPercent(percent)) {
    violations.push({
      pointer: '/other_percent',
      message: 'must be a whole number of at least 1 and at most 99 beside other_version',
    });
  }
  if (violations.length > 0) throw invalidAlias(violations);
  return targetFromWire({ version, other_version: other, other_percent: percent } as AliasTargetDocument);
}

export function invalidAlias(violations: readonly Violation[]): SraasError {
  return refusedDocument('INVALID_ALIAS', 'the alias', violations);
}

function isPercent(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 99;
}
