import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { containersOf, docker, until } from '../support/containers.ts';
import { newDatabase } from '../support/postgres/keeper.ts';
import { spawnServer } from '../support/server-process.ts';
import { startServer, type TestServer } from '../support/server.ts';

const config = { runtime: 'node24', handler: 'main.handler' } as const;
const saying = (word: string) => ({ files: { 'main.mjs': `export const handler = () => '${word}';` } });

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-several-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function sharedDatabase(): Promise<{ readonly url: string; run(statement: string): Promise<unknown[]> }> {
  const database = await newDatabase();
  const { url } = database;
  onTestFinished(() => database.drop());
  return {
    url,
    run: async (statement) => {
      const client = new Client(url);
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(statement)).rows;
      } finally {
        await client.end();
      }
    },
  };
}

const resultOf = async (server: Pick<TestServer, 'client'>, name: string): Promise<unknown> =>
  (await server.client.invoke(name, {})).result;
const codeIn = (directory: string): Promise<readonly string[]> => readdir(join(directory, 'artifacts'));

describe('two servers on one PostgreSQL', () => {
  let one: TestServer;
  let other: TestServer;
  let database: Awaited<ReturnType<typeof sharedDatabase>>;

  beforeEach(async () => {
    database = await sharedDatabase();
    one = await startServer({ databaseUrl: database.url });
    onTestFinished(() => one.stop());
    other = await startServer({ databaseUrl: database.url });
    onTestFinished(() => other.stop());
  });

  it('serve what was deployed at either, with code that only the database has brought', async () => {
    await one.client.deploy('several', config, saying('first'));
    expect(await resultOf(one, 'several')).toBe('first');
    expect(await codeIn(other.dataDirectory)).toStrictEqual([]);
    expect(await resultOf(other, 'several')).toBe('first');
    expect(await codeIn(other.dataDirectory)).toStrictEqual(await codeIn(one.dataDirectory));
  });

  it('hear of each other’s deploys, aliases and removals, and let former sandboxes go', async () => {
    await one.client.deploy('several', config, saying('first'));
    expect(await resultOf(other, 'several')).toBe('first');
    await one.client.deploy('several', config, saying('second'));
    await until(async () => (await resultOf(other, 'several')) === 'second', 10_000, 'the new version is heard of');
    await until(async () => (await containersOf('several')).length === 1, 10_000, 'the former sandbox goes');
    await other.client.remove('several');
    const isGone = async (): Promise<boolean> => {
      const reply = await fetch(`${one.url}/functions/several`);
      return reply.status === 404;
    };
    await until(isGone, 10_000, 'the removal is heard of');
    await until(async () => (await containersOf('several')).length === 0, 10_000, 'its sandboxes go');
  });

  it('rely on nothing they remember once they have not heard, and hear again', async () => {
    await one.client.deploy('several', config, saying('first'));
    expect(await resultOf(other, 'several')).toBe('first');
    // Also the connections that are not for notices: whatever was under way on one may fail, so nothing is.
    await database.run(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sraas changes'
       and datname = current_database()`,
    );
    await one.client.deploy('several', config, saying('second'));
    await until(async () => (await resultOf(other, 'several')) === 'second', 20_000, 'the new version is seen');
    const listening = async (): Promise<boolean> =>
      (
        await database.run(
          `select 1 from pg_stat_activity where application_name = 'sraas changes' and datname = current_database()`,
        )
      ).length === 2;
    await until(listening, 20_000, 'both hear again');
    await one.client.deploy('several', config, saying('third'));
    await until(async () => (await resultOf(other, 'several')) === 'third', 10_000, 'notices are heard again');
  });

  it('say who they are, and leave when they stop', async () => {
    const instances = async (): Promise<unknown[]> => await database.run('select instance_id from servers');
    expect(await instances()).toHaveLength(2);
    await other.stop();
    expect(await instances()).toHaveLength(1);
    await one.client.deploy('several', config, saying('alone'));
    expect(await resultOf(one, 'several')).toBe('alone');
  });
});

describe('a server that dies beside another', () => {
  it('leaves containers, which the other removes once it counts as dead, and none of the living', async () => {
    const database = await sharedDatabase();
    const directory = await folder();
    const one = await spawnServer(directory, ['--database-url', database.url]);
    await using other = await startServer({ databaseUrl: database.url });
    await one.client.deploy('several', config, saying('here'));
    expect(await resultOf(one, 'several')).toBe('here');
    expect(await resultOf(other, 'several')).toBe('here');
    expect(await containersOf('several')).toHaveLength(2);
    const [oldest] = (await database.run('select instance_id from servers order by started_at limit 1')) as {
      readonly instance_id: string;
    }[];
    const instanceId = oldest?.instance_id ?? '';
    await one.signal('SIGKILL');
    // As if it had not been seen for long: the minute that it takes is not what this is about.
    await database.run(`update servers set seen_at = '2000-01-01T00:00:00.000Z' where instance_id = '${instanceId}'`);
    await until(async () => (await containersOf('several')).length === 1, 30_000, 'its container goes');
    const [left = ''] = await containersOf('several');
    const labels = (await docker.getContainer(left).inspect()).Config.Labels;
    expect(labels['sraas.instance']).not.toBe(instanceId);
    expect(await resultOf(other, 'several')).toBe('here');
  });
});
