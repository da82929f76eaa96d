import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { checkEnvelopeBytes } from '../../../src/http/envelope-bytes.ts';
import { parseJson } from '../../../src/http/json.ts';
import { checkEnvelope } from '../../../src/invocations/envelope.ts';

/** How a check ends: undefined when it accepts, else the error as clients see it. */
function told(check: () => void): object | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!(error instanceof SraasError)) throw error;
    const { code, message, violations } = error;
    return { code, message, violations };
  }
}

/** More than is parsed. */
const blanks = ' '.repeat(2000);

const envelopes = [
  '{"version":"v1"}',
  '{"version":"v1","event":null,"context":{"a":[1]}}',
  '{"version":"v2","version":"v1","event":{"version":"v3"}}',
  '{"version":"v1","version":"v2"}',
  '{"\\u0076ersion":"\\u00761"}',
  '{"event":{}}',
  '{"version":["v1"],"context":[],"other":1,"a/b":{}}',
  '{"version":"v1","context":null}',
  '{"version":"v1","__proto__":{"version":"v1"},"constructor":1}',
  '{"__proto__":{"version":"v1"}}',
  '{"version":"v1","event":1 2}',
  '{"version":"v1","event":[}',
  '{"version":"v1","event":"\\x"}',
  '{"version":"v1"',
  `{"version":"v1"${',"event":1'.repeat(20)}}`,
  `{"version":"v1"${Array.from({ length: 30 }, (_, index) => `,"m${index}":${index}`).join('')}}`,
  '[]',
  'null',
  '"v1"',
  '',
];

describe('the bytes of an envelope', () => {
  it.each(envelopes)('are told the same of, whether they are parsed or only looked through: %s', (envelope) => {
    const large = Buffer.from(`${blanks}${envelope}`);
    const expected = told(() => {
      checkEnvelope(parseJson(large));
    });
    expect(
      told(() => {
        checkEnvelopeBytes(large);
      }),
    ).toEqual(expected);
    const isAccepted = expected === undefined;
    expect(
      told(() => {
        checkEnvelopeBytes(Buffer.from(envelope));
      }) === undefined,
    ).toBe(isAccepted);
  });

  it('are refused when they are not UTF-8, in a large event as well', () => {
    const bytes = Buffer.from(`{"version":"v1","event":"${blanks}?"}`);
    bytes[bytes.length - 3] = 0xff;
    expect(
      told(() => {
        checkEnvelopeBytes(bytes);
      }),
    ).toMatchObject({ code: 'INVALID_JSON', message: 'The body is not valid UTF-8.' });
  });

  it('may hold any event and any object as context', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (event, context) => {
        checkEnvelopeBytes(Buffer.from(JSON.stringify({ version: 'v1', event, context }) + blanks));
      }),
    );
  });
});
