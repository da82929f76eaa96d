import { describe, expect, it, vi } from 'vitest';
import type { Fetch } from '../../../src/client/connection.ts';
import { pages } from '../../../src/client/pages.ts';
import type { SecretDocument } from '../../../src/wire/secret.ts';
import { jsonResponse, problemResponse } from '../cli/replies.ts';

const secret = (name: string): SecretDocument => ({ name, created_at: 't', updated_at: 't', used_by: [] });
const page = (names: readonly string[], next: string | null): object => ({
  secrets: names.map(secret),
  next_cursor: next,
});

function listOf(...answers: readonly object[]) {
  const left = [...answers];
  const fetch = vi.fn<Fetch>(() => Promise.resolve(jsonResponse(200, left.shift() ?? { why: 'asked too often' })));
  const list = (wanted?: { query?: Readonly<Record<string, string>>; most?: number }) =>
    pages({ url: 'http://server.test', fetch }, '/secrets', 'secrets', wanted);
  const asked = (): readonly string[] => fetch.mock.calls.map(([url]) => url.replace('http://server.test', ''));
  return { list, asked };
}

async function namesOf(documents: AsyncIterable<SecretDocument>): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of documents) names.push(name);
  return names;
}

describe('a list that comes in pages', () => {
  it('is followed to its end, and an empty page is not the end of it', async () => {
    const { list, asked } = listOf(page(['a', 'b'], 'b&'), page([], 'c'), page(['d'], null));
    expect(await namesOf(list({ query: { of: 'x y' } }))).toEqual(['a', 'b', 'd']);
    expect(asked()).toEqual(['/secrets?of=x+y', '/secrets?of=x+y&cursor=b%26', '/secrets?of=x+y&cursor=c']);
  });

  it('may be empty', async () => {
    const { list, asked } = listOf(page([], null));
    expect(await namesOf(list())).toEqual([]);
    expect(asked()).toEqual(['/secrets']);
  });

  it('is asked for no page that nobody wants', async () => {
    const { list, asked } = listOf(page(['a', 'b'], 'b'), page(['c'], null));
    const documents = list();
    expect(asked()).toEqual([]);
    await documents.next();
    await documents.next();
    expect(asked()).toHaveLength(1);
    await documents.return();
    expect(await documents.next()).toEqual({ done: true, value: undefined });
    expect(asked()).toHaveLength(1);
  });

  it('gives no more than was wanted, a thousand at a time, whatever the server sends', async () => {
    const thousand = Array.from({ length: 1000 }, (_, index) => `s${index}`);
    const { list, asked } = listOf(page(thousand, 'x'), page(['a', 'b', 'c'], 'y'));
    expect(await namesOf(list({ most: 1002 }))).toEqual([...thousand, 'a', 'b']);
    expect(asked()).toEqual(['/secrets?limit=1000', '/secrets?limit=2&cursor=x']);
  });

  it.each([
    ['the same one', ['x', 'x']],
    ['one further back', ['x', 'y', 'x']],
  ])('does not go on for ever when a cursor comes again, %s', async (_which, cursors) => {
    const { list, asked } = listOf(...cursors.map((cursor) => page(['a'], cursor)));
    await expect(namesOf(list())).rejects.toMatchObject({ name: 'ClientError', code: 'UNEXPECTED_REPLY' });
    expect(asked()).toHaveLength(cursors.length);
  });

  it.each([
    ['has no documents', { next_cursor: null }],
    ['has something else for them', { secrets: 3, next_cursor: null }],
    ['does not say what is next', { secrets: [] }],
    ['is no object', 3],
    ['is null', null],
  ])('is not understood when a page %s', async (_what, answer) => {
    const fetch: Fetch = () => Promise.resolve(jsonResponse(200, answer as object));
    const documents = pages({ url: 'http://server.test', fetch }, '/secrets', 'secrets');
    await expect(namesOf(documents)).rejects.toMatchObject({ name: 'ClientError', code: 'UNEXPECTED_REPLY' });
  });

  it('ends with the error that a page ends with', async () => {
    const answers = [jsonResponse(200, page(['a'], 'a')), problemResponse(503, 'STORE_UNAVAILABLE', 'Later.')];
    const fetch: Fetch = () => Promise.resolve(answers.shift() ?? Response.error());
    const documents = pages({ url: 'http://server.test', fetch }, '/secrets', 'secrets');
    expect(await documents.next()).toMatchObject({ value: { name: 'a' } });
    await expect(documents.next()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', status: 503 });
  });
});
