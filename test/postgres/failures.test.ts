import { once } from 'node:events';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PostgresChangeFeed } from '../../src/store/postgres/change-feed.ts';
import { PostgresDatabase } from '../../src/store/postgres/database.ts';
import { Sockets } from '../../src/store/postgres/sockets.ts';
import { draft } from '../unit/store/drafts.ts';
import { relayTo } from '../support/tcp-relay.ts';
import { otherClient, storeOn, temporaryDatabase } from './places.ts';

/** A store over a relay that the test can cut, and the address that the relay hides. */
async function overRelay() {
  const url = await temporaryDatabase();
  const address = new URL(url);
  const relay = await relayTo(Number(address.port));
  onTestFinished(() => relay.close());
  address.port = String(relay.port);
  return { url, address: address.href, relay, store: await storeOn(address.href) };
}

/** Lets the next inserts of versions fail with an SQLSTATE, as many as are said. */
async function failNext(url: string, state: string, times: number): Promise<void> {
  const client = await otherClient(url);
  // A sequence is not undone with the transaction that it failed.
  await client.query(`
    create sequence failures;
    create function fail() returns trigger language plpgsql as $$
      begin
        if nextval('failures') <= ${times} then raise exception 'as a test wants it' using errcode = '${state}'; end if;
        return new;
      end $$;
    create trigger fail before insert on versions execute function fail();
  `);
}

describe('a store on PostgreSQL', () => {
  it('says that it is unavailable while there is no way to it, and goes on when there is', async () => {
    const { relay, store } = await overRelay();
    await store.functions.publish(draft('hello'));
    await relay.cut();
    for (const call of [() => store.functions.find('hello'), () => store.functions.publish(draft('hello', 'b'))]) {
      await expect(call()).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: 'The database cannot be used just now: try again in a moment.',
      });
    }
    await relay.mend();
    expect((await store.functions.publish(draft('hello', 'b'))).fn.latest.number).toBe(2);
  });

  it.each([
    ['at once', false],
    ['late', true],
  ])('outlives the end of all its connections, idle and busy, which it sees %s', async (_when, isLate) => {
    const { url, store, relay } = await overRelay();
    await store.functions.publish(draft('hello'));
    const client = await otherClient(url);
    const blocker = await otherClient(url);
    await blocker.query('begin; lock table functions in access exclusive mode');
    const calls = [store.functions.find('hello'), store.functions.publish(draft('hello', 'b'))];
    const settled = Promise.allSettled(calls);
    await untilWaiting(url, 2);
    if (isLate) relay.holdEnds();
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sraas' and datname = current_database()",
    );
    for (const result of await settled) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'STORE_UNAVAILABLE' } });
    }
    await blocker.query('rollback');
    expect((await store.functions.find('hello'))?.latest.number).toBe(1);
    expect((await store.functions.publish(draft('hello', 'b'))).fn.latest.number).toBe(2);
  });

  it('does not wait for ever for another program, and lets readers read meanwhile', { timeout: 30_000 }, async () => {
    const { url, store } = await overRelay();
    await store.functions.publish(draft('hello'));
    const blocker = await otherClient(url);
    await blocker.query("begin; update functions set name = name where name = 'hello'");
    const publishes = Array.from({ length: 20 }, (_, index) =>
      store.functions.publish(draft('hello', `code ${index}`)),
    );
    const settled = Promise.allSettled(publishes);
    await untilWaiting(url, 1);
    expect((await store.functions.find('hello'))?.latest.number).toBe(1);
    for (const result of await settled) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'STORE_UNAVAILABLE' } });
    }
    await blocker.query('rollback');
    expect((await store.functions.publish(draft('hello', 'b'))).fn.latest.number).toBe(2);
  });

  it.each([
    ['a deadlock', '40P01'],
    ['a conflict of transactions', '40001'],
  ])('runs a transaction again that PostgreSQL undid for %s', async (_what, state) => {
    const { url, store } = await overRelay();
    await failNext(url, state, 3);
    expect((await store.functions.publish(draft('hello'))).outcome).toBe('created');
  });

  it('gives up on a transaction that is undone again and again, and has changed nothing then', async () => {
    const { url, store } = await overRelay();
    await failNext(url, '40001', 5);
    await expect(store.functions.publish(draft('hello'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await store.functions.find('hello')).toBeUndefined();
    expect((await store.functions.publish(draft('hello'))).outcome).toBe('created');
  });

  it("says that storage is short when PostgreSQL's disk is full, and changes nothing", async () => {
    const { url, store } = await overRelay();
    await failNext(url, '53100', 1);
    await expect(store.functions.publish(draft('hello'))).rejects.toMatchObject({ code: 'INSUFFICIENT_STORAGE' });
    expect(await store.functions.find('hello')).toBeUndefined();
  });

  it('does not blame the database for a mistake in a statement or a broken constraint', async () => {
    const { url } = await overRelay();
    const database = new PostgresDatabase({ url, most: 1, statementTimeoutMs: 1000 });
    onTestFinished(() => database.destroy());
    const insert = database.insertInto('meta').values({ key: 'a', value: 'b' });
    await insert.execute();
    await expect(insert.execute()).rejects.toThrow(/^duplicate key value violates unique constraint/);
    await expect(sql`select from no_such_table`.execute(database)).rejects.toThrow(
      /^relation "no_such_table" does not/,
    );
  });

  it('takes a statement that does not end as a failure', async () => {
    const { url } = await overRelay();
    const database = new PostgresDatabase({ url, most: 1, statementTimeoutMs: 200 });
    onTestFinished(() => database.destroy());
    await expect(sql`select pg_sleep(60)`.execute(database)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect((await sql`select 1`.execute(database)).rows).toHaveLength(1);
  });

  it('takes a machine that vanished in the middle of a statement as a failure', { timeout: 30_000 }, async () => {
    const { url, relay } = await overRelay();
    const address = new URL(url);
    address.port = String(relay.port);
    const database = new PostgresDatabase({ url: address.href, most: 1, statementTimeoutMs: 200 });
    onTestFinished(() => database.destroy());
    await sql`select 1`.execute(database);
    relay.freeze();
    await expect(sql`select 1`.execute(database)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('leaves no socket open when the machine with the database has vanished', { timeout: 15_000 }, async () => {
    const { relay } = await overRelay();
    const sockets = new Sockets();
    const socket = sockets.make().connect(relay.port, '127.0.0.1');
    await once(socket, 'connect');
    relay.freeze();
    socket.end('farewell');
    await sockets.close();
    expect(socket.destroyed).toBe(true);
  });

  it('ends its notices too when the machine with the database has vanished', { timeout: 15_000 }, async () => {
    const { relay, address } = await overRelay();
    const feed = new PostgresChangeFeed(address, () => false);
    await feed.open({ onChange: () => undefined, onLost: () => undefined, onRestored: () => undefined });
    relay.freeze();
    await feed.close();
  });
});

describe('transactions on PostgreSQL', () => {
  it('run one after another across servers, so that what one has read stays true', async () => {
    const url = await temporaryDatabase();
    await storeOn(url);
    const servers = [1, 2, 3].map(() => new PostgresDatabase({ url, most: 5, statementTimeoutMs: 30_000 }));
    onTestFinished(async () => {
      await Promise.all(servers.map((server) => server.destroy()));
    });
    // Each reads how many there are and adds one more: with any two at once, a number would come twice.
    const add = (database: Kysely<never>) =>
      database.transaction().execute(async (transaction) => {
        const { rows } = await sql<{ count: number }>`select count(*)::int as count from meta`.execute(transaction);
        await sql`insert into meta values (gen_random_uuid()::text, ${String(rows[0]?.count)})`.execute(transaction);
      });
    const all = servers.flatMap((server) => Array.from({ length: 20 }, () => add(server as unknown as Kysely<never>)));
    await Promise.all(all);
    const [server] = servers;
    if (server === undefined) throw new Error('no server');
    const { rows } = await sql<{ distinct: number }>`select count(distinct value)::int as distinct from meta`.execute(
      server,
    );
    expect(rows[0]?.distinct).toBe(60);
  });
});

/** Resolves when as many statements of this product wait for a lock. */
async function untilWaiting(url: string, count: number): Promise<void> {
  const client = await otherClient(url);
  for (;;) {
    const { rows } = await client.query<{ waiting: number }>(
      "select count(*)::int as waiting from pg_stat_activity where application_name = 'sraas' and wait_event_type = 'Lock' and datname = current_database()",
    );
    if ((rows[0]?.waiting ?? 0) >= count) return;
  }
}
