import { isObject } from '../documents/json-object.ts';
import { parseName } from '../documents/name.ts';
import { refusedDocument } from '../documents/refused-document.ts';
import type { SraasError, Violation } from '../errors.ts';

/** As long as a variable of `env` may be. */
const maxValueBytes = 32 * 1024;

/** Most bytes of a document with a value of full length: JSON may spell each of its bytes in six. */
export const maxSecretDocumentBytes = 6 * maxValueBytes + 1024;

/** @throws SraasError INVALID_NAME. The text is not repeated in the message: it may be a value in the wrong place. */
export function parseSecretName(text: string): string {
  return parseName(text, "A secret's name");
}

/**
 * The value in a document `{ "value": "…" }`: text of 1 to 32,768 bytes in UTF-8, without NUL.
 * @throws SraasError INVALID_SECRET; nothing of what was sent is in its message.
 */
export function parseSecretDocument(document: unknown): string {
  if (!isObject(document)) {
    throw invalid([{ pointer: '', message: 'must be a JSON object with the member value' }]);
  }
  const { value, ...others } = document;
  const violations: Violation[] = [];
  // Their names are not repeated: one may be a value that went astray.
  if (Object.keys(others).length > 0) {
    violations.push({ pointer: '', message: 'has members that are not known; known here is value' });
  }
  const fault = faultOf(value);
  if (fault !== undefined) violations.push({ pointer: '/value', message: fault });
  if (violations.length > 0) throw invalid(violations);
  return value as string;
}

function faultOf(value: unknown): string | undefined {
  if (value === undefined) return 'is required';
  if (typeof value !== 'string') return 'must be a string';
  if (value === '') return 'must not be empty';
  if (value.includes('\0')) return 'must not contain a NUL character';
  if (/\p{Surrogate}/u.test(value)) return 'must be well-formed Unicode, without a lone surrogate';
  return Buffer.byteLength(value) > maxValueBytes ? `must have at most ${maxValueBytes} bytes` : undefined;
}

function invalid(violations: readonly Violation[]): SraasError {
  return refusedDocument('INVALID_SECRET', 'the secret', violations);
}
