import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { checkEnvelope } from '../../../src/invocations/envelope.ts';

function refusal(envelope: unknown): SraasError {
  try {
    checkEnvelope(envelope);
  } catch (error) {
    if (error instanceof SraasError) return error;
    throw error;
  }
  throw new Error('It was accepted');
}

const pointers = (envelope: unknown): readonly string[] => refusal(envelope).violations.map(({ pointer }) => pointer);

describe('an envelope', () => {
  it.each([
    { version: 'v1' },
    { version: 'v1', event: null },
    { version: 'v1', event: [1, 'a'], context: {} },
    { version: 'v1', event: 'text', context: { anything: { goes: true } } },
  ])('is accepted: %j', (envelope) => {
    expect(() => {
      checkEnvelope(envelope);
    }).not.toThrow();
  });

  it('may hold any event and any object as context', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (event, context) => {
        checkEnvelope({ version: 'v1', event, context });
      }),
    );
  });

  it.each([undefined, 'v2', 'V1', 1, null, ['v1']])(
    'of version %j is refused in the words that clients know',
    (version) => {
      const error = refusal({ version, event: {} });
      expect(error.code).toBe('INVALID_ENVELOPE');
      expect(error.message).toContain('Unsupported or missing version');
      expect(error.violations).toEqual([{ pointer: '/version', message: expect.any(String) as string }]);
    },
  );

  it.each([null, 'text', 1, true, [], [{ version: 'v1' }], undefined])('is not %j', (envelope) => {
    const error = refusal(envelope);
    expect(error.code).toBe('INVALID_ENVELOPE');
    expect(error.violations.map(({ pointer }) => pointer)).toEqual(['']);
    expect(error.message).toMatch(/^The envelope: must be an object/);
  });

  it.each([null, 'text', 1, false, []])('with the context %j is refused', (context) => {
    expect(pointers({ version: 'v1', context })).toEqual(['/context']);
  });

  it('with members of another name is refused, each named by its pointer', () => {
    expect(pointers({ version: 'v1', 'a/b': 1, 'c~d': 2, Event: {} })).toEqual(['/a~1b', '/c~0d', '/Event']);
  });

  it('cannot get its version, or an unknown member, past the check by way of a prototype', () => {
    expect(pointers(JSON.parse('{"__proto__":{"version":"v1"}}'))).toEqual(['/version', '/__proto__']);
    expect(pointers(JSON.parse('{"version":"v1","constructor":1}'))).toEqual(['/constructor']);
  });

  it('is told all that is wrong with it at once, the version first', () => {
    const envelope = { other: 1, context: [], version: 'v0' };
    expect(pointers(envelope)).toEqual(['/version', '/context', '/other']);
    expect(refusal(envelope).message).toContain('Unsupported or missing version');
  });
});
