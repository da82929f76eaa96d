import { isBase64 } from '../documents/base64.ts';
import { memberOf } from '../documents/json-object.ts';
import type { Violation } from '../errors.ts';

/** What is wrong with the standard input that a document gives a program, as text or as bytes. */
export function stdinViolations(document: Readonly<Record<string, unknown>>): readonly Violation[] {
  const [text, base64] = [memberOf(document, 'stdin'), memberOf(document, 'stdin_base64')];
  const violations: Violation[] = [];
  if (text !== undefined && typeof text !== 'string')
    violations.push({ pointer: '/stdin', message: 'must be a string' });
  if (base64 !== undefined && !isBase64(base64)) {
    violations.push({ pointer: '/stdin_base64', message: 'must be standard base64 with padding' });
  }
  if (text !== undefined && base64 !== undefined) {
    violations.push({ pointer: '/stdin_base64', message: 'must be left out where there is stdin' });
  }
  return violations;
}

/** The bytes; none where the document gives none. */
export function stdinOf(document: Readonly<Record<string, unknown>>): Uint8Array {
  const [text, base64] = [memberOf(document, 'stdin'), memberOf(document, 'stdin_base64')];
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64');
  return Buffer.from(typeof text === 'string' ? text : '');
}
