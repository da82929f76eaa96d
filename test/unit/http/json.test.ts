import type { Request } from 'express';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson, requireJson } from '../../../src/http/json.ts';

function refusal(body: string | Uint8Array): unknown {
  try {
    return { accepted: parseJson(Buffer.from(body)) };
  } catch (error) {
    return error;
  }
}

describe('a JSON body', () => {
  it('is what its text says, for any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const json = JSON.stringify(value);
        expect(parseJson(Buffer.from(json))).toEqual(JSON.parse(json));
      }),
    );
  });

  it.each([
    ['one byte that begins nothing', [0x22, 0xff, 0x22]],
    ['half a character', [0x22, 0xe2, 0x82, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a character beyond Unicode', [0x22, 0xf5, 0x80, 0x80, 0x80, 0x22]],
    ['UTF-16', [...Buffer.from('\ufeff"a"', 'utf16le')]],
  ])('is refused with bytes that are not UTF-8: %s', (_what, bytes) => {
    expect(refusal(Uint8Array.from(bytes))).toMatchObject({
      code: 'INVALID_JSON',
      message: 'The body is not valid UTF-8.',
    });
  });

  it.each([
    '',
    ' ',
    '{',
    '[1,]',
    '{"a":1,}',
    "{'a':1}",
    '{a:1}',
    'NaN',
    '01',
    '"a\nb"',
    '1 2',
    '// one',
    '\ufeff{}',
    '\0',
  ])('is refused when it is %j', (text) => {
    expect(refusal(text)).toMatchObject({ code: 'INVALID_JSON' });
  });

  it('says that it is empty when it is', () => {
    expect(refusal('')).toMatchObject({ message: 'The body is empty; send a JSON document.' });
  });

  it('says where it goes wrong', () => {
    expect(refusal('{"a":1,}')).toMatchObject({ message: expect.stringContaining('at position 7') as string });
  });

  it.each(['secret', '{"password": hunter2}', '["hunter2", }', '{"hunter2"', 'hunter2 at position 12'])(
    'is not repeated in the refusal: %j',
    (text) => {
      expect(refusal(text)).toMatchObject({ message: expect.not.stringMatching(/hunter2|secret|password/) as string });
    },
  );

  it('is never repeated in a refusal, nor is the refusal long', () => {
    const marked = fc.tuple(fc.string(), fc.string()).map(([before, after]) => `${before}Zq${after}`);
    fc.assert(
      fc.property(marked, (text) => {
        const error = refusal(text);
        if (!(error instanceof Error)) return;
        expect(error.message).not.toContain('Zq');
        expect(error.message.length).toBeLessThan(200);
      }),
    );
  });

  it('may be as deep as its size allows', () => {
    const depth = 100_000;
    expect(() => parseJson(Buffer.from('['.repeat(depth) + ']'.repeat(depth)))).not.toThrow();
  });
});

describe('the content type of a JSON body', () => {
  const withType = (type: string | undefined): Request => ({ headers: { 'content-type': type } }) as Request;

  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json ; charset = "utf-8"',
  ])('may be %s', (type) => {
    expect(() => {
      requireJson(withType(type));
    }).not.toThrow();
  });

  // A page may send the first three to another origin without asking.
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=a',
    'application/json; charset=utf-16',
    'application/json; charset=latin1',
    'application/jsonp',
    'application/problem+json',
    'text/plain; application/json',
    'text/plain, application/json',
    'application/json, text/plain',
    '',
    undefined,
  ])('may not be %s', (type) => {
    expect(() => {
      requireJson(withType(type));
    }).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_MEDIA_TYPE' }) as Error);
  });
});
