import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptAsync, deployHandler, whenEnded } from '../support/async-calls.ts';
import { pagedLists, readPage, withCursor, type Page, type PagedList } from '../support/paged-lists.ts';
import { ResidentMemory } from '../support/resident-memory.ts';
import { spawnServer, type ServerProcess } from '../support/server-process.ts';

const count = 100_000;
const pageSize = 1000;
/** A page of entries with the configuration of a small function each. */
const mostPageBytes = 2_000_000;
/** Many times what a page takes: a busy machine takes its time. */
const mostMs = 5000;
/** Some pages, their text and what the collection of garbage leaves for later; a whole list takes more. */
const mostGrowthMb = 150;

/** Each list with a cursor near its end, made of its first entry. */
const lists: readonly (PagedList & { readonly late: (first: string) => string })[] = [
  { ...pagedLists.functions, late: () => 'f-098500' },
  { ...pagedLists.versions, late: () => '1501' },
  { ...pagedLists.invocations, late: () => oldest(firstInvocation) },
  { ...pagedLists.deadLetters, late: oldest },
  { ...pagedLists.secrets, late: () => 's-098500' },
];

/** Newest come first: where the last 1,500 begin. */
function oldest(id: string): string {
  return `${id.slice(0, 24)}000000001500`;
}

/** The one that came before all others. */
let firstInvocation: string;
let directory: string;
let server: ServerProcess;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sraas-long-'));
  {
    await using first = await spawnServer(directory);
    await deployHandler(first.url, 'many', 'export const handler = ({ fail }) => { if (fail) throw new Error(fail) }', {
      async: { max_attempts: 1 },
    });
    await first.client.invoke('many', { event: {} });
    await whenEnded(first.url, await acceptAsync(first.url, 'many', { fail: 'always' }));
    const headers = { 'content-type': 'application/json' };
    await fetch(`${first.url}/secrets/key`, { method: 'PUT', headers, body: '{"value":"v"}' });
  }
  firstInvocation = multiply(join(directory, 'sraas.db'));
  server = await spawnServer(directory, ['--history-max-rows', String(10 * count)]);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

/** Makes a hundred thousand of each: functions, versions of one, invocations and dead letters of one, secrets. */
function multiply(path: string): string {
  const database = new DatabaseSync(path);
  const numbers = `with recursive numbers(n) as (select 2 union all select n + 1 from numbers where n < ${count})`;
  const each = (table: string, condition: string, values: Readonly<Record<string, string>>): void => {
    const columns = database.prepare(`select name from pragma_table_info('${table}')`).all() as { name: string }[];
    const names = columns.map(({ name }) => name);
    const selected = names.map((name) => values[name] ?? `pattern.${name}`).join();
    database.exec(
      `insert into ${table} (${names.join()}) ${numbers} select ${selected} from ${table} as pattern, numbers where ${condition}`,
    );
  };
  database.exec('begin');
  each('functions', "name = 'many'", { id: "printf('id-%06d', n)", name: "printf('f-%06d', n)" });
  each('versions', 'number = 1', { function_id: "printf('id-%06d', n)" });
  each('versions', "number = 1 and function_id not like 'id-%'", { number: 'n' });
  database.exec(`update functions set latest_number = ${count} where name = 'many'`);
  const later = "substr(pattern.id, 1, 24) || printf('%012d', n)";
  each('invocations', "state = 'succeeded'", { id: later });
  each('invocations', "state = 'dead'", { id: later });
  each('secrets', "name = 'key'", { name: "printf('s-%06d', n)" });
  database.exec('commit');
  const { id } = database.prepare('select min(id) as id from invocations').get() as { readonly id: string };
  database.close();
  return id;
}

async function page(list: PagedList, cursor: string | null): Promise<Page> {
  const cursorPart = cursor === null ? '' : `&${withCursor(cursor)}`;
  const found = await readPage(server.url, list, `limit=${pageSize}${cursorPart}`);
  expect([list.path, cursor, found.status]).toEqual([list.path, cursor, 200]);
  return found;
}

describe('AP-67 a list of 100,000 entries', () => {
  it.each(lists)(
    '$path is given in pages of bounded size, time and memory, at its beginning as at its end',
    async (list) => {
      const memory = new ResidentMemory(server);
      await memory.forgetPeak();
      const beforeMb = await memory.now();
      const seen: string[] = [];
      const read = async (cursor: string | null): Promise<Page> => {
        const begun = performance.now();
        const found = await page(list, cursor);
        expect(found.bytes).toBeLessThan(mostPageBytes);
        expect(performance.now() - begun).toBeLessThan(mostMs);
        seen.push(...found.entries);
        return found;
      };
      let cursor: string | null = null;
      for (let number = 0; number < 5; number += 1) {
        const { entries, next }: Page = await read(cursor);
        expect(entries).toHaveLength(pageSize);
        cursor = next;
      }
      const almostLast = await read(list.late(seen[0] ?? ''));
      expect(almostLast.entries).toHaveLength(pageSize);
      const last = await read(almostLast.next);
      expect([last.next, last.entries.length > 400, last.entries.length < pageSize]).toEqual([null, true, true]);
      expect(new Set(seen).size).toBe(seen.length);
      expect((await memory.peak()) - beforeMb).toBeLessThan(mostGrowthMb);
    },
  );

  it.each(['/functions?limit=100000', '/functions?limit=1001', '/functions?limit=0'])(
    'is not given at once: %s',
    async (target) => {
      expect((await fetch(server.url + target)).status).toBe(400);
    },
  );

  it('keeps nobody else waiting for what runs, and serves calls meanwhile', async () => {
    const others = async (): Promise<{ readonly outcome: string; readonly elapsedMs: number }> => {
      const begun = performance.now();
      const [{ invocation }] = await Promise.all([
        server.client.invoke('many@1', { event: {} }),
        server.client.invocations.running(),
      ]);
      return { outcome: invocation.outcome, elapsedMs: performance.now() - begun };
    };
    const [{ outcome, elapsedMs }, ...pages] = await Promise.all([others(), ...lists.map((list) => page(list, null))]);
    expect(pages.map(({ entries }) => entries.length)).toEqual(lists.map(() => pageSize));
    expect(outcome).toBe('ok');
    expect(elapsedMs).toBeLessThan(mostMs);
  });
});
