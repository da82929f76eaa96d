import { parse } from 'node:querystring';
import type { Request } from 'express';
import { describe, expect, it } from 'vitest';
import { idCursor, nameCursor, pageRequest, versionCursor } from '../../../src/http/page-request.ts';

const refused = expect.objectContaining({ code: 'INVALID_QUERY' }) as Error;

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
    expect(() => page(query)).toThrow(refused);
  });

  it('is refused in a sentence of moderate length, whatever the query', () => {
    expect(() => page(`${'x'.repeat(10_000)}=1`)).toThrow(/^There is no query parameter "x{64}" here\.$/);
  });
});

describe('a cursor', () => {
  it('is a place in its list, whatever is there now', () => {
    const id = '01a53c9e-6a2b-7c50-9f0e-3d1c8f2b7a11';
    expect([nameCursor('hello'), versionCursor('2147483647'), idCursor(id)]).toEqual(['hello', 2147483647, id]);
  });

  it.each([
    [nameCursor, ['', '1', 'a b', 'a\n', 'x'.repeat(65)]],
    [versionCursor, ['', '0', '01', '-1', '1.5', '1e3', '2147483648', '9'.repeat(400)]],
    [idCursor, ['', 'hello', '01A53C9E-6A2B-7C50-9F0E-3D1C8F2B7A11', '01a53c9e-6a2b-7c50-9f0e-3d1c8f2b7a11\n']],
  ])('is refused when the server cannot have given it (%o)', (read, texts) => {
    for (const text of texts) expect(() => read(text)).toThrow(refused);
  });
});
