import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFunctionName } from '../../../src/functions/function-name.ts';
import { parseReference } from '../../../src/functions/reference.ts';

const badNames = [
  ...['', '.', '..', '../x', '..%2fx', '%2e%2e', 'a/b', 'a\\b', 'a\0', 'a\n', '\na', '-a', '_a', '3a', ' a', 'a '],
  ...['a b', 'a.b', 'a@', 'é', 'а', '😀', '\u202eabc', 'ａ', '__proto__', 'x'.repeat(65), 'x'.repeat(300)],
];

describe('a function name', () => {
  it.each(['a', 'A', 'hello', 'a-b_C9', 'constructor', 'x'.repeat(64)])('accepts %j', (name) => {
    expect(parseFunctionName(name)).toBe(name);
  });

  it.each(badNames)('refuses %j', (name) => {
    expect(() => parseFunctionName(name)).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }));
  });

  it('never repeats what it refuses', () => {
    expect(() => parseFunctionName('<evil>\r\n')).toThrow(expect.not.objectContaining({ message: /evil/ }));
    fc.assert(
      fc.property(fc.string({ minLength: 65 }), (text) => {
        expect(() => parseFunctionName(text)).toThrow(/^A function name starts with a letter/);
      }),
    );
  });
});

describe('a reference', () => {
  it.each([
    ['hello', { name: 'hello', version: undefined }],
    ['hello@1', { name: 'hello', version: 1 }],
    ['hello@2147483647', { name: 'hello', version: 2147483647 }],
    ['hello:live', { name: 'hello', version: undefined, alias: 'live' }],
  ])('reads %j', (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
  });

  it.each([
    ...['hello@', 'hello@x', 'hello@01', 'hello@-1', 'hello@1.5', 'hello@1e3', 'hello@ 1', 'hello@1@2', 'hello@1:live'],
    ...['hello:', 'hello:..', 'hello:a b', '@1', ':live', ...badNames],
  ])('refuses %j', (text) => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }));
  });

  it.each(['hello@0', 'hello@2147483648', `hello@${'9'.repeat(400)}`])('knows that there is no version %j', (text) => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'VERSION_NOT_FOUND' }));
  });
});
