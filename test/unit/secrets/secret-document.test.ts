import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { maxSecretDocumentBytes, parseSecretDocument, parseSecretName } from '../../../src/secrets/secret-document.ts';

function refusalOf(document: unknown): SraasError {
  try {
    parseSecretDocument(document);
  } catch (error) {
    if (error instanceof SraasError) return error;
  }
  throw new Error('It was not refused');
}

describe('the document of a secret', () => {
  it.each(['x', ' ', 'line one\nline two\n', '🙂', 'a'.repeat(32_768)])('may have the value %j', (value) => {
    expect(parseSecretDocument({ value })).toBe(value);
  });

  it.each([
    [undefined, ''],
    [null, ''],
    ['text', ''],
    [['value'], ''],
    [{}, '/value'],
    [{ value: null }, '/value'],
    [{ value: 5 }, '/value'],
    [{ value: '' }, '/value'],
    [{ value: 'with\0NUL' }, '/value'],
    [{ value: 'half \ud800 a pair' }, '/value'],
    [{ value: 'a'.repeat(32_769) }, '/value'],
    [{ value: 'ä'.repeat(16_385) }, '/value'],
    [{ value: 'fine', ttl: 5 }, ''],
  ])('is refused: %j', (document, pointer) => {
    const error = refusalOf(document);
    expect(error.code).toBe('INVALID_SECRET');
    expect(error.violations.map((violation) => violation.pointer)).toEqual([pointer]);
  });

  it('is refused without a word of what it says, also where the value stands in the place of a member', () => {
    const canary = 'hunter2';
    const error = refusalOf({ [canary]: 'x', value: `${canary}\0` });
    expect(JSON.stringify([error.message, error.violations])).not.toContain('hunter2');
  });

  it('fits into its cap in any spelling', () => {
    const longest = JSON.stringify({ value: '\u0001'.repeat(32_768) });
    expect(longest.length).toBeLessThan(maxSecretDocumentBytes);
  });
});

describe('the name of a secret', () => {
  it.each(['a', 'DB_PASSWORD', 'api-key-2', 'x'.repeat(64)])('may be %s', (name) => {
    expect(parseSecretName(name)).toBe(name);
  });

  it.each(['', '1a', '_a', 'a b', 'a.b', 'ä', '__proto__', 'x'.repeat(65), 'a\n'])('is refused: %j', (name) => {
    expect(() => parseSecretName(name)).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }) as Error);
  });
});
