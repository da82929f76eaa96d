import type { Request } from 'express';
import { describe, expect, it } from 'vitest';
import { preconditionOf } from '../../../src/http/precondition.ts';

const asked = (headers: Readonly<Record<string, string>>) => preconditionOf({ headers } as unknown as Request);

describe('the condition of a request', () => {
  it.each([
    [{}, undefined],
    [{ 'if-match': '"a.1"' }, { ifMatch: ['a.1'] }],
    [{ 'if-match': ' "a" , "b,c" ,"d"' }, { ifMatch: ['a', 'b,c', 'd'] }],
    [{ 'if-match': '*' }, { ifMatch: '*' }],
    [{ 'if-none-match': '*' }, { ifNoneMatch: '*' }],
    // A weak tag is one that no change may rely on.
    [{ 'if-match': 'W/"a", "b"' }, { ifMatch: ['b'] }],
    [{ 'if-none-match': 'W/"a"' }, { ifNoneMatch: ['a'] }],
    [{ 'if-match': '' }, { ifMatch: [] }],
    [
      { 'if-match': '"a"', 'if-none-match': '"b"' },
      { ifMatch: ['a'], ifNoneMatch: ['b'] },
    ],
  ])('is read from %j', (headers, condition) => {
    expect(asked(headers)).toEqual(condition);
  });

  it.each(['a.1', '"a', '"a" "b"', '*, "a"', '"a\u0001"', "'a'"])('is refused when it is %j', (value) => {
    expect(() => asked({ 'if-match': value })).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });
});
