import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { containersOf, containersOfInstance, until } from '../support/containers.ts';
import { newDatabase } from '../support/postgres/keeper.ts';
import { spawnServer, type ServerProcess } from '../support/server-process.ts';

const calls = 60;
/** Ends after a while, and says which event it got, and in which attempt. */
const code = {
  files: {
    'main.mjs': `export const handler = async ({ nonce }, { attempt }) => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { nonce, attempt };
    };`,
  },
};

interface Accepted {
  readonly id: string;
  readonly nonce: string;
}

async function send({ url }: ServerProcess, name: string, nonce: string): Promise<Accepted | undefined> {
  const reply = await fetch(`${url}/functions/${name}/invoke?mode=async`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ version: 'v1', event: { nonce } }),
  }).catch(() => undefined);
  // A server that dies owes nothing for what it did not answer.
  if (reply?.status !== 202) return undefined;
  return { id: ((await reply.json()) as { readonly id: string }).id, nonce };
}

describe('asynchronous work on two servers of one PostgreSQL, one of which is killed', () => {
  it('is all done, once each but for the attempts that died, and by whoever lives', async () => {
    const database = await newDatabase();
    onTestFinished(() => database.drop());
    const client = new Client(database.url);
    await client.connect();
    onTestFinished(() => client.end());
    const folder = async (): Promise<string> => {
      const directory = await mkdtemp(join(tmpdir(), 'sraas-several-'));
      onTestFinished(() => rm(directory, { recursive: true, force: true }));
      return directory;
    };
    const flags = ['--database-url', database.url, '--async-concurrency', '4'];
    const doomed = await spawnServer(await folder(), flags);
    await using survivor = await spawnServer(await folder(), flags);
    await doomed.client.deploy(
      'several-async',
      { runtime: 'node24', handler: 'main.handler', concurrency: { max: 4 } },
      code,
    );
    const [first] = (await client.query('select instance_id from servers order by started_at limit 1')).rows as {
      readonly instance_id: string;
    }[];
    const instanceId = first?.instance_id ?? '';

    const accepted: Accepted[] = [];
    for (let number = 0; number < calls; number += 1) {
      const answer = await send(number % 2 === 0 ? doomed : survivor, 'several-async', `nonce ${number}`);
      if (answer !== undefined) accepted.push(answer);
    }
    expect(accepted).toHaveLength(calls);
    const held = async (): Promise<number> => {
      const found = await client.query('select 1 from work where leased_by = $1', [instanceId]);
      return found.rows.length;
    };
    await until(async () => (await held()) > 0, 30_000, 'the one to be killed is at work');
    await doomed.signal('SIGKILL');
    const lost = await held();
    // As if it had not been seen for a minute, and its leases had run out: that minute is not what this is about.
    await client.query(`update work set lease_until = '2000-01-01T00:00:00.000Z' where leased_by = $1`, [instanceId]);
    await client.query(`update servers set seen_at = '2000-01-01T00:00:00.000Z' where instance_id = $1`, [instanceId]);

    const ends = new Map<string, { readonly state: string; readonly result: unknown; readonly attempt: number }>();
    const look = async ({ id }: Accepted): Promise<void> => {
      const record = await survivor.client.invocations.show(id);
      if (!['queued', 'running'].includes(record.state)) ends.set(id, record as never);
    };
    await until(
      async () => {
        for (const each of accepted) if (!ends.has(each.id)) await look(each);
        return ends.size === accepted.length;
      },
      50_000,
      'all has ended',
    );
    let repeated = 0;
    for (const { id, nonce } of accepted) {
      const end = ends.get(id);
      expect(end).toMatchObject({ state: 'succeeded', result: { nonce, attempt: end?.attempt } });
      repeated += (end?.attempt ?? 1) - 1;
    }
    expect(repeated).toBeLessThanOrEqual(lost);
    expect((await client.query('select 1 from work')).rowCount).toBe(0);
    await until(
      async () => (await containersOfInstance(instanceId)).length === 0,
      30_000,
      'what it left on the engine is gone',
    );
    await survivor.signal('SIGTERM');
    expect(await containersOf('several-async')).toStrictEqual([]);
  });
});
