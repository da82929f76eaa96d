import { pointerTo } from '../documents/json-pointer.ts';
import type { Violation } from '../errors.ts';

const keyPattern = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$/;
const valuePattern = /^[A-Za-z0-9 ._:/=+@-]{0,128}$/;
const reservedKeys: ReadonlySet<string> = new Set(['constructor', 'prototype']);

/** What is wrong with a config's `labels` beyond their shape. Values that are not strings are left to the schema. */
export function labelViolations(labels: Readonly<Record<string, unknown>>): readonly Violation[] {
  const violations: Violation[] = [];
  for (const [key, value] of Object.entries(labels)) {
    const pointer = `/labels${pointerTo(key)}`;
    if (!keyPattern.test(key) || reservedKeys.has(key)) {
      violations.push({
        pointer,
        message:
          'must have a key of 1 to 63 letters, digits, ".", "_", "-" and "/" that starts and ends with a letter or digit',
      });
    }
    if (typeof value === 'string' && !valuePattern.test(value)) {
      violations.push({ pointer, message: 'must be at most 128 letters, digits, spaces and . _ : / = + @ -' });
    }
  }
  return violations;
}
