import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonText, memberBytes } from '../../../src/documents/json-bytes.ts';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What a parser makes of bytes, in a list; an empty one where it refuses them. */
function asParsed(bytes: Uint8Array): readonly unknown[] {
  try {
    return [JSON.parse(strictUtf8.decode(bytes))];
  } catch {
    return [];
  }
}

function textsOf(json: Uint8Array): Record<string, string> | undefined {
  const members = memberBytes(json);
  return members && Object.fromEntries([...members].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
}

const scalars = ['0', '-0', '-1.50', '1e400', '2E-7', '9007199254740993', 'true', 'false', 'null', '""'];
const escapes = String.raw`"\" \\ \/ \b \f \n \r \t \u00e9 \uD800"`;

const valid = [
  ...scalars,
  escapes,
  '[]',
  '{}',
  ' [ ] ',
  '\t{\n}\r ',
  '[1,[2,[]],{"a":[{}]}]',
  '{"a":1,"a":{"b":null} , "":[true,false]}',
  '"é€😀"',
];

const invalid = [
  '',
  ' ',
  '01',
  '-',
  '.5',
  '5.',
  '+1',
  '1e',
  '1e+',
  '0x1',
  'nul',
  'nulll',
  'True',
  'NaN',
  '[',
  ']',
  '[1',
  '[1,]',
  '[,1]',
  '[1 2]',
  '[1}',
  '{',
  '}',
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{"a":1]',
  '{a:1}',
  '{1:1}',
  '{"a" 1}',
  '{,}',
  '"',
  '"a',
  String.raw`"\x"`,
  String.raw`"\u12g4"`,
  String.raw`"\u123`,
  String.raw`"\"`,
  '"\n"',
  '"\u0000"',
  "'a'",
  '1 2',
  '{}{}',
  '1,"error":null}',
  '// comment\n1',
  '\u00a01',
  '\ufeff1',
];

/** A text with some of its bytes taken out, put in or exchanged: mostly with what means something in JSON. */
const mutated = fc
  .tuple(
    fc.oneof(fc.json({ depthSize: 'medium' }), fc.constantFrom(...valid, ...invalid)),
    fc.array(
      fc.record({
        at: fc.nat({ max: 60 }),
        taken: fc.nat({ max: 2 }),
        put: fc.oneof(
          fc.constantFrom(...Array.from('{}[]",:\\/ \t\n\r-+.eEu019tfn', (character) => Buffer.from(character))),
          fc.uint8Array({ maxLength: 2 }).map((bytes) => Buffer.from(bytes)),
        ),
      }),
      { maxLength: 3 },
    ),
  )
  .map(([json, changes]) =>
    changes.reduce(
      (bytes, { at, taken, put }) => Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + taken)]),
      Buffer.from(json),
    ),
  );

describe('bytes', () => {
  it.each(valid)('are a JSON text: %s', (json) => {
    expect(asParsed(Buffer.from(json))).toHaveLength(1);
    expect(isJsonText(Buffer.from(json))).toBe(true);
  });

  it.each(invalid)('are no JSON text: %j', (json) => {
    expect(asParsed(Buffer.from(json))).toHaveLength(0);
    expect(isJsonText(Buffer.from(json))).toBe(false);
  });

  it.each([
    ['a byte that no character has', [0x22, 0xff, 0x22]],
    ['half a character', [0x22, 0xc3, 0x22]],
    ['a surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a character spelled longer than it is', [0x22, 0xc0, 0xaf, 0x22]],
  ])('are no JSON text with %s', (_what, bytes) => {
    expect(isJsonText(Uint8Array.from(bytes))).toBe(false);
  });

  it('are a JSON text when a parser takes them, and only then', () => {
    fc.assert(
      fc.property(mutated, (bytes) => {
        expect(isJsonText(bytes)).toBe(asParsed(bytes).length === 1);
      }),
      { numRuns: 20_000 },
    );
  });

  it('are looked at to their own end, and not behind it', () => {
    const around = Buffer.from('[12]"a"{}');
    expect(isJsonText(around.subarray(1, 3))).toBe(true);
    expect(isJsonText(around.subarray(0, 3))).toBe(false);
    expect(isJsonText(around.subarray(4, 6))).toBe(false);
    expect(textsOf(around.subarray(7, 8))).toBeUndefined();
  });

  it('may be of any depth', () => {
    const deep = 1_000_000;
    expect(isJsonText(Buffer.from('['.repeat(deep) + ']'.repeat(deep)))).toBe(true);
    expect(isJsonText(Buffer.from('['.repeat(deep) + ']'.repeat(deep - 1)))).toBe(false);
  });
});

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
    expect(textsOf(Buffer.from(json))).toEqual(expected);
  });

  it('say the same as a parser, for any object however it is laid out', () => {
    const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ depthSize: 'medium' }), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const json = JSON.stringify(value, null, indent);
        const parsed = Object.entries(textsOf(Buffer.from(json)) ?? {}).map(([name, text]) => [
          name,
          JSON.parse(text) as unknown,
        ]);
        expect(parsed).toEqual(Object.entries(JSON.parse(json) as object));
      }),
    );
  });

  it('are told of bytes that a parser makes an object of, and of no others', () => {
    const object = mutated.map((bytes) => Buffer.concat([Buffer.from('{"a":'), bytes, Buffer.from('}')]));
    fc.assert(
      fc.property(fc.oneof(mutated, object), (bytes) => {
        const [value] = asParsed(bytes);
        const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
        const names = isObject ? Object.keys(value).sort() : undefined;
        const members = memberBytes(bytes);
        expect(members && [...members.keys()].sort()).toEqual(names);
      }),
      { numRuns: 10_000 },
    );
  });

  it('are not taken apart where there are more than were asked for', () => {
    const json = Buffer.from('{"a":1,"b":[2],"a":3}');
    expect(memberBytes(json, 2)).toBeUndefined();
    expect([...(memberBytes(json, 3) ?? [])].map(([name, value]) => [name, String(value)])).toEqual([
      ['a', '3'],
      ['b', '[2]'],
    ]);
  });
});
