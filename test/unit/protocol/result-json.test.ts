import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeResult } from '../../../runtime/node/result-json.ts';

const encode = (value: unknown, maxBytes = 1_000_000): ReturnType<typeof encodeResult> =>
  encodeResult(value, maxBytes, String);

describe('the encoding of a result', () => {
  test('is its JSON text for any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(encode(value)).toEqual({ status: 'ok', json: Buffer.from(JSON.stringify(value)) });
      }),
    );
  });

  test('counts bytes, not characters', () => {
    expect(encode('é', 4).status).toBe('ok');
    expect(encode('é', 3)).toEqual({
      status: 'output_too_large',
      error: 'The result is 4 bytes of JSON; the limit is 3 bytes (limits.result_bytes).',
    });
  });

  test('names the place of a BigInt, quoting keys that need it', () => {
    expect(encode({ list: [0, { 'odd key': 1n }] })).toMatchObject({
      status: 'bad_result',
      error: expect.stringContaining('result.list[1]["odd key"] is a BigInt') as unknown,
    });
  });

  test('names both ends of a cycle', () => {
    const inner: Record<string, unknown> = {};
    inner['self'] = inner;
    expect(encode({ a: { b: inner } })).toMatchObject({
      error: 'The result is not JSON: result.a.b.self refers back to result.a.b.',
    });
  });

  test('does not take an object that appears twice for a cycle', () => {
    const shared = { x: 1 };
    expect(encode({ first: shared, second: [shared, 1n] })).toMatchObject({
      error: expect.stringContaining('result.second[1] is a BigInt') as unknown,
    });
  });

  test('shortens the way to a deep place', () => {
    let value: unknown = 1n;
    for (let depth = 0; depth < 50; depth += 1) value = { next: value };
    expect(encode(value)).toMatchObject({
      error: expect.stringMatching(/result(\.next){12} … is a BigInt/) as unknown,
    });
  });

  test('says so when there are too many levels', () => {
    let value: unknown = 1;
    for (let depth = 0; depth < 200_000; depth += 1) value = [value];
    expect(encode(value)).toMatchObject({ status: 'bad_result', error: expect.stringContaining('levels') as unknown });
  });
});
