import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { describeError } from '../../src/logger.ts';
import { SraasError } from '../../src/errors.ts';
import { explainRefusal } from '../../src/store/postgres/explain-refusal.ts';
import { judge } from '../../src/store/postgres/examine.ts';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { draft } from '../unit/store/drafts.ts';
import { temporaryDirectory } from '../unit/store/temporary-store.ts';
import { otherClient, storeOn, temporaryDatabase } from './places.ts';

/** The error that opening ends with, after making sure that neither it nor what a log says of it has the password. */
async function refusal(url: string): Promise<Error> {
  const password = decodeURIComponent(new URL(url).password);
  const error: unknown = await openPostgresStore({ url, directory: await temporaryDirectory() }).then(
    (store) => store.close(),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('the database was accepted');
  expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  for (const text of [inspect(error, { depth: 10 }), JSON.stringify(describeError(error))]) {
    expect(text).not.toContain(password);
  }
  return error;
}

function changed(url: string, change: (url: URL) => void): string {
  const copy = new URL(url);
  change(copy);
  return copy.href;
}

describe('opening a PostgreSQL', () => {
  it('gives each server an id of its own, kept with its data directory, and all the same functions', async () => {
    const url = await temporaryDatabase();
    const directory = await temporaryDirectory();
    const first = await openPostgresStore({ url, directory });
    await first.functions.publish(draft('hello'));
    const other = await storeOn(url);
    expect(await other.functions.find('hello')).toBeDefined();
    expect(other.instanceId).not.toBe(first.instanceId);
    await first.close();
    const again = await openPostgresStore({ url, directory });
    expect(again.instanceId).toBe(first.instanceId);
    await again.close();
  });

  it('makes the tables once when five servers start on an empty database at once', async () => {
    const url = await temporaryDatabase();
    const stores = await Promise.all(Array.from({ length: 5 }, () => storeOn(url)));
    await Promise.all(stores.map((store, index) => store.functions.publish(draft(`hello-${index}`))));
    for (const { functions } of stores) expect(await functions.list({ limit: 10 })).toHaveLength(5);
  });

  it('refuses a data directory that another server uses', async () => {
    const url = await temporaryDatabase();
    const directory = await temporaryDirectory();
    const store = await openPostgresStore({ url, directory });
    await expect(openPostgresStore({ url, directory })).rejects.toThrow(/^Another server uses the data directory /);
    await store.close();
  });

  it('keeps to the first schema of the search path, beside other programs', async () => {
    const url = await temporaryDatabase();
    const client = await otherClient(url);
    await client.query('create table public.functions (id int); create table public.kysely_migration (name text)');
    await client.query('create schema one; create schema two');
    const schema = (name: string): string =>
      changed(url, ({ searchParams }) => {
        searchParams.set('options', `-c search_path=${name}`);
      });
    const one = await storeOn(schema('one'));
    const two = await storeOn(schema('two'));
    await one.functions.publish(draft('hello'));
    expect(await two.functions.find('hello')).toBeUndefined();
    expect((await client.query('select * from public.functions')).rowCount).toBe(0);
  });

  it('orders names byte by byte, whatever order the database has for its own', async () => {
    const url = await temporaryDatabase("template template0 locale_provider icu icu_locale 'de' locale 'C'");
    const { functions } = await storeOn(url);
    for (const name of ['b', 'B', 'a_b', 'ab', 'a-b', 'A']) await functions.publish(draft(name));
    expect((await functions.list({ limit: 10 })).map(({ name }) => name)).toEqual(['A', 'B', 'a-b', 'a_b', 'ab', 'b']);
    expect((await functions.list({ after: 'a-b', limit: 10 })).map(({ name }) => name)).toEqual(['a_b', 'ab', 'b']);
  });

  it('waits for the disk with each commit also where the database would not', async () => {
    const url = await temporaryDatabase();
    const client = await otherClient(url);
    const { rows } = await client.query<{ name: string }>('select current_database() as name');
    await client.query(`alter database "${rows[0]?.name ?? ''}" set synchronous_commit = off`);
    const store = await storeOn(url);
    await store.functions.publish(draft('hello'));
    await client.query(
      "create function note() returns trigger language plpgsql as $$ begin raise exception '%', current_setting('synchronous_commit'); end $$",
    );
    await client.query('create trigger note before insert on versions execute function note()');
    await expect(store.functions.publish(draft('hello', 'b'))).rejects.toThrow(/^on$/);
  });
});

describe('a PostgreSQL that cannot be used', () => {
  it('is told of when it does not answer', async () => {
    const error = await refusal('postgres://me:geheim@127.0.0.1:1/state');
    expect(error.message).toBe(
      'No PostgreSQL could be reached at 127.0.0.1:1 (ECONNREFUSED): start it, or correct --database-url.',
    );
  });

  it('is told of when its name does not resolve', async () => {
    expect((await refusal('postgres://me:geheim@no-such-host.invalid/state')).message).toMatch(
      /^No PostgreSQL could be reached at no-such-host\.invalid:5432 \(E/,
    );
  });

  it('is told of when the password is wrong, without the password', async () => {
    const url = changed(await temporaryDatabase(), (copy) => {
      copy.password = 'wrong-password';
    });
    expect((await refusal(url)).message).toMatch(
      /refuses this user \(password authentication failed for user "owner"\): correct user and password in --database-url\.$/,
    );
  });

  it('is told of when it has no such database', async () => {
    const url = changed(await temporaryDatabase(), (copy) => {
      copy.pathname = '/nowhere';
    });
    expect((await refusal(url)).message).toMatch(/has no database nowhere: create it, or correct --database-url\.$/);
  });

  it('is told of when it speaks no TLS and the address asks for it', async () => {
    const url = changed(await temporaryDatabase(), ({ searchParams }) => {
      searchParams.set('sslmode', 'require');
    });
    expect((await refusal(url)).message).toMatch(/^No PostgreSQL could be reached at .* does not support SSL/);
  });

  it('is told of when its certificate cannot be verified', () => {
    const cause = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    const error = new SraasError('STORE_UNAVAILABLE', 'Try again.', { cause });
    expect(explainRefusal(error, { url: '', host: 'db:5432', database: 'a' })).toMatchObject({
      message:
        'The certificate of the PostgreSQL at db:5432 is not to be trusted (DEPTH_ZERO_SELF_SIGNED_CERT): name the file of who ' +
        'issued it with sslrootcert in --database-url, and the server as the certificate does.',
    });
  });

  it.each([
    '',
    'state.db',
    'http://me:geheim@host/db',
    'postgres://me:geheim@host:port/db',
    'postgres://me:geheim@h/d?sslmode=prefer',
  ])('is told of when its address is none: %s', async (url) => {
    const directory = await temporaryDirectory();
    const error: unknown = await openPostgresStore({ url, directory }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(/^--database-url: it/) as string,
    });
    expect(inspect(error, { depth: 10 })).not.toContain('geheim');
  });

  it('is refused when it holds tables of another program, and left as it is', async () => {
    const url = await temporaryDatabase();
    const client = await otherClient(url);
    await client.query('create table functions (id int); insert into functions values (1)');
    expect((await refusal(url)).message).toMatch(/holds tables of another program in the schema public: give this/);
    await client.query("create table kysely_migration (name text); insert into kysely_migration values ('0001-users')");
    expect((await refusal(url)).message).toMatch(/holds tables of another program in the schema public: give this/);
    const tables = await client.query(
      "select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
    );
    expect(tables.rowCount).toBe(2);
  });

  it('is refused when a newer version wrote it, with both schema numbers', async () => {
    const url = await temporaryDatabase();
    await (await storeOn(url)).functions.publish(draft('hello'));
    await (await otherClient(url)).query("insert into kysely_migration values ('9999-later', '2030-01-01')");
    expect((await refusal(url)).message).toMatch(
      /was written by a newer sraas \(schema (\d+), this one knows \d+\): start that version/,
    );
  });

  it('is refused when the user may make no tables there, with the statement that lets it', async () => {
    const url = await temporaryDatabase();
    const client = await otherClient(url);
    const { rows } = await client.query<{ name: string }>('select current_database() as name');
    const role = rows[0]?.name ?? '';
    await client.query(`create role "${role}" login password 'geheim'`);
    const error = await refusal(
      changed(url, (copy) => {
        copy.username = role;
        copy.password = 'geheim';
      }),
    );
    await client.query(`drop role "${role}"`);
    expect(error.message).toMatch(
      /lets this user make no tables in the schema public: `grant create on schema public to …`/,
    );
  });

  it('is refused when it can only be read', async () => {
    const url = changed(await temporaryDatabase(), ({ searchParams }) => {
      searchParams.set('options', '-c default_transaction_read_only=on');
    });
    expect((await refusal(url)).message).toMatch(/can only be read, as a standby can: name the primary\.$/);
  });

  it('is refused when its text is not Unicode', async () => {
    const url = await temporaryDatabase("template template0 encoding 'LATIN1' locale 'C'");
    expect((await refusal(url)).message).toMatch(
      /has the encoding LATIN1: make one with `create database … encoding 'UTF8'`/,
    );
  });

  it('is refused when none of its search path is there', async () => {
    const url = changed(await temporaryDatabase(), ({ searchParams }) => {
      searchParams.set('options', '-c search_path=gone');
    });
    expect((await refusal(url)).message).toMatch(
      /has none of the schemas of its search path: create one, and try again\.$/,
    );
  });

  it('is refused when it is older than 15', () => {
    const server = { version: '14.9', version_number: 140_009, encoding: 'UTF8', read_only: false, schema: 'public' };
    expect(judge(server)).toBe('is a PostgreSQL 14.9: this server needs 15 or newer.');
    expect(judge({ ...server, version_number: 150_000 })).toBeUndefined();
  });
});
