import { parse } from 'node:querystring';
import type { Request } from 'express';
import { describe, expect, it } from 'vitest';
import { pageRequest } from '../../../src/http/page-request.ts';

/** A request as Express's simple query parser makes it. */
const page = (query: string): ReturnType<typeof pageRequest> =>
  pageRequest({ query: parse(query) } as unknown as Request);

describe('the page that a query asks for', () => {
  it.each([
    ['', { limit: 100, cursor: undefined }],
    ['limit=1', { limit: 1, cursor: undefined }],
    ['limit=1000', { limit: 1000, cursor: undefined }],
    ['limit=0020', { limit: 20, cursor: undefined }],
    ['cursor=hello&limit=5', { limit: 5, cursor: 'hello' }],
    ['cursor=a%2Fb', { limit: 100, cursor: 'a/b' }],
  ])('is read from "%s"', (query, expected) => {
    expect(page(query)).toEqual(expected);
  });

  it.each([
    'limit=',
    'limit=-1',
    'limit=1.5',
    'limit=1e3',
    'limit=%201',
    'limit=0x10',
    'limit=ten',
    'limit=12345',
    'limit=1&limit=2',
    'cursor=a&cursor=b',
    'offset=5',
    'Limit=5',
    'limit=5&__proto__=1',
  ])('is refused: "%s"', (query) => {
    expect(() => page(query)).toThrow(expect.objectContaining({ code: 'INVALID_QUERY' }) as Error);
  });

  it('is refused in a sentence of moderate length, whatever the query', () => {
    expect(() => page(`${'x'.repeat(10_000)}=1`)).toThrow(/^There is no query parameter "x{64}" here\.$/);
  });
});
