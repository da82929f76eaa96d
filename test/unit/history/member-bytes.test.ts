import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberBytes } from '../../../src/history/member-bytes.ts';

function textsOf(json: string): Record<string, string> {
  return Object.fromEntries(
    [...memberBytes(Buffer.from(json))].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
  );
}

describe('the bytes of members', () => {
  it.each([
    ['{}', {}],
    [' { } ', {}],
    ['{"event":1}', { event: '1' }],
    [
      '{ "event" :\n9007199254740993 , "context":{"a":[1,{"b":2}]}}',
      { event: '9007199254740993', context: '{"a":[1,{"b":2}]}' },
    ],
    ['{"event":"\\ud800 \\u0000 \\" } , ] : \\\\"}', { event: '"\\ud800 \\u0000 \\" } , ] : \\\\"' }],
    ['{"\\u0065vent":[] , "version":"v1"}', { event: '[]', version: '"v1"' }],
    ['{"event":1,"event":2.50}', { event: '2.50' }],
    ['{"event":{"event":3},"a":{}}', { event: '{"event":3}', a: '{}' }],
    ['{"é":"é","":null}', { é: '"é"', '': 'null' }],
  ])('of %s are those that were sent', (json, expected) => {
    expect(textsOf(json)).toEqual(expected);
  });

  it('say the same as a parser, for any object however it is laid out', () => {
    const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ depthSize: 'medium' }), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const json = JSON.stringify(value, null, indent);
        const parsed = Object.entries(textsOf(json)).map(([name, text]) => [name, JSON.parse(text) as unknown]);
        expect(parsed).toEqual(Object.entries(JSON.parse(json) as object));
      }),
    );
  });
});
