import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptAsync, deployHandler, whenEnded } from '../support/async-calls.ts';
import { pagedLists, readPage, withCursor, type Page, type PagedList } from '../support/paged-lists.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Lists of what is small by nature, which come whole. */
const whole = ['/functions/many/aliases', '/functions/many/schedules', '/runtimes', '/invocations'];

let server: TestServer;
const json = { 'content-type': 'application/json' };

beforeAll(async () => {
  server = await startServer();
  const fails = `export const handler = () => { throw new Error('always'); }`;
  for (const name of ['alpha', 'beta', 'gamma']) {
    await deployHandler(server.url, name, fails, { async: { max_attempts: 1 } });
    await fetch(`${server.url}/secrets/${name}-key`, { method: 'PUT', headers: json, body: '{"value":"v"}' });
    await whenEnded(server.url, await acceptAsync(server.url, name, {}));
  }
  for (const version of [1, 2, 3]) {
    await deployHandler(server.url, 'many', `export const handler = () => ${version}`);
    await server.client.invoke('many');
  }
});
afterAll(() => server.stop());

const lists = Object.values(pagedLists);
const page = (list: PagedList, query: string): Promise<Page> => readPage(server.url, list, query);

describe.each(lists)('AP-56 the list $path', (list) => {
  it('is the same page by page as at once', async () => {
    const { entries: all, next } = await page(list, 'limit=1000');
    expect([all.length >= 3, next]).toEqual([true, null]);
    const one: string[] = [];
    for (let query = 'limit=1'; ;) {
      const part = await page(list, query);
      one.push(...part.entries);
      if (part.next === null) break;
      query = `limit=1&${withCursor(part.next)}`;
    }
    expect(one).toEqual(all);
  });

  it.each(
    [
      "';DROP TABLE functions;--",
      "' OR '1'='1",
      '%',
      '_',
      'a\0b',
      'x'.repeat(8000),
      '-1',
      '0',
      '1e9',
      '9999999999',
      '99999999999999999999',
      '\u{1f600}',
      'Grüße',
      ' ',
      '../x',
      '00000000-0000-7000-8000-00000000000',
      '00000000-0000-7000-8000-0000000000000',
      '00000000-0000-7000-8000-00000000000G',
    ].map((cursor) => [cursor.slice(0, 40), cursor] as const),
  )('takes no cursor %j', async (_shown, cursor) => {
    const { status, code } = await page(list, withCursor(cursor));
    expect([status, code]).toEqual([400, 'INVALID_QUERY']);
  });

  it('takes its own cursor changed, or that of another list, for a place in itself or for none', async () => {
    const { entries: all } = await page(list, 'limit=1000');
    const cursors = await Promise.all(lists.map(async (other) => (await page(other, 'limit=1')).next ?? ''));
    const changed = cursors.flatMap((cursor) => [
      cursor,
      cursor.slice(0, -1),
      cursor.slice(1),
      `${cursor}0`,
      cursor.toUpperCase(),
      Buffer.from(cursor).reverse().toString(),
      `${cursor}\0`,
      `${cursor} `,
      `${cursor}' or 1=1 --`,
    ]);
    for (const cursor of changed) {
      const { status, code, entries } = await page(list, withCursor(cursor));
      expect([cursor, status === 200 || (status === 400 && code === 'INVALID_QUERY')]).toEqual([cursor, true]);
      // Whatever the place: what follows are the last entries of this very list.
      expect([cursor, entries]).toEqual([cursor, all.slice(all.length - entries.length)]);
    }
  });
});

it.each(whole)('AP-56 the list %s comes whole and takes no cursor', async (path) => {
  for (const query of ['cursor=a', 'cursor=', 'limit=1']) {
    const response = await fetch(`${server.url}${path}?${query}`);
    expect([query, response.status, await response.json()]).toMatchObject([query, 400, { code: 'INVALID_QUERY' }]);
  }
});

it('AP-56 a cursor whose entry has gone leads on from its place', async () => {
  const { functions, deadLetters, secrets } = pagedLists;
  const removals = [
    [functions, '/functions/beta'],
    [secrets, '/secrets/beta-key'],
  ] as const;
  for (const [list, target] of removals) {
    const { entries: all } = await page(list, '');
    const cursor = target.split('/')[2] ?? '';
    expect((await fetch(server.url + target, { method: 'DELETE' })).status).toBe(204);
    expect((await page(list, withCursor(cursor))).entries).toEqual(all.slice(all.indexOf(cursor) + 1));
  }
  const { entries: letters } = await page(deadLetters, '');
  const [, gone = '', ...after] = letters;
  expect((await fetch(`${server.url}/dead-letters/${gone}`, { method: 'DELETE' })).status).toBe(204);
  expect((await page(deadLetters, withCursor(gone))).entries).toEqual(after);
});
