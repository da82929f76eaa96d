import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstJsonError } from '../../../src/cli/json-position.ts';

describe('firstJsonError', () => {
  it.each([
    ['', 0],
    ['{', 1],
    ['{"a":x}', 5],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['[1 2]', 3],
    ["{'a':1}", 1],
    ['{"a" 1}', 5],
    ['1 1', 2],
    ['"a\nb"', 2],
    [String.raw`"\x"`, 1],
    ['[01]', 2],
    ['{]', 1],
    ['[}', 1],
    ['nul', 0],
    ['"abc', 4],
  ])('finds where %j stops being JSON', (text, offset) => {
    expect(firstJsonError(text)).toBe(offset);
  });

  it('finds nothing wrong with what JSON.stringify makes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
        expect(firstJsonError(JSON.stringify(value, undefined, indent))).toBeUndefined();
      }),
    );
  });

  it('agrees with JSON.parse on text with a change in it', () => {
    const changed = fc
      .tuple(fc.jsonValue(), fc.nat(), fc.constantFrom('', ',', '}', ']', '"', ':', '0', '-', 'e', '\\', '\u0001', ' '))
      .map(([value, position, piece]) => {
        const text = JSON.stringify(value);
        const at = position % (text.length + 1);
        return text.slice(0, at) + piece + text.slice(at + (piece === '' ? 1 : 0));
      });
    fc.assert(
      fc.property(changed, (text) => {
        expect(firstJsonError(text) === undefined).toBe(isJson(text));
      }),
      { numRuns: 2000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
