import { describe, expect, it } from 'vitest';
import { memberOf } from '../../../src/documents/json-object.ts';
import { parseName } from '../../../src/documents/name.ts';
import { refusedDocument } from '../../../src/documents/refused-document.ts';
import { unknownMembers } from '../../../src/documents/unknown-members.ts';
import { SraasError } from '../../../src/errors.ts';

const faults = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ pointer: `/m${index}`, message: 'is wrong' }));

describe('a refused document', () => {
  it('is told by its first fault in a sentence, and by all of them as violations', () => {
    const error = refusedDocument('INVALID_SCHEDULE', 'the schedule', faults(3));
    expect(error.message).toBe('Correct the schedule: /m0 is wrong (and 2 more).');
    expect(error.violations).toEqual(faults(3));
  });

  it('is no place where a client has its own long text repeated', () => {
    const [fault] = unknownMembers({ ['x'.repeat(5000)]: 1 }, ['known']);
    const error = refusedDocument('INVALID_SCHEDULE', 'the schedule', fault === undefined ? [] : [fault]);
    expect(error.message).toBe(`Correct the schedule: /${'x'.repeat(79)} is not known; known here are known.`);
  });

  it('has a hundred violations at most, and says how many were left out', () => {
    const error = refusedDocument('INVALID_SCHEDULE', 'the schedule', faults(250));
    expect(error.message).toContain('(and 249 more)');
    expect(error.violations).toEqual([...faults(100), { pointer: '', message: 'has 150 more violations' }]);
  });
});

describe('the members of a document', () => {
  it('are unknown by their own names only, each by its pointer', () => {
    expect(unknownMembers({ known: 1, 'a/b~c': 2, toString: 3 }, ['known'])).toEqual([
      { pointer: '/a~1b~0c', message: 'is not known; known here are known' },
      { pointer: '/toString', message: 'is not known; known here are known' },
    ]);
  });

  it('are not those that every object has', () => {
    expect(memberOf({}, 'constructor')).toBeUndefined();
    expect(memberOf(['a'], '0')).toBeUndefined();
    expect(memberOf(null, 'a')).toBeUndefined();
    expect(memberOf(JSON.parse('{"__proto__":1}'), '__proto__')).toBe(1);
  });
});

describe('a name', () => {
  it.each(['a', 'A-1_b', 'x'.repeat(64)])('may be %s', (text) => {
    expect(parseName(text, 'The name of a thing')).toBe(text);
  });

  it.each(['', '1a', '-a', 'a b', 'a\n', 'é', 'x'.repeat(65)])('may not be %j, which is not repeated', (text) => {
    const refusal = new SraasError(
      'INVALID_NAME',
      'The name of a thing starts with a letter and has at most 64 letters, digits, "_" and "-", as in a-thing.',
    );
    expect(() => parseName(text, 'The name of a thing', ', as in a-thing')).toThrow(refusal);
  });
});
