import { describe, expect, it, onTestFinished } from 'vitest';
import type { Change, ChangeFeed } from '../../src/servers/change-feed.ts';
import { Membership } from '../../src/servers/membership.ts';
import type { ServerRun, ServerStore } from '../../src/servers/server-store.ts';
import type { SharedDatabase } from '../../src/servers/shared-database.ts';
import type { Store } from '../../src/store/store.ts';
import { until } from '../support/containers.ts';
import { draft } from '../unit/store/drafts.ts';
import { otherClient, storeOn, temporaryDatabase } from './places.ts';

const run = (instanceId: string, runId = `run of ${instanceId}`): ServerRun => ({ instanceId, runId, host: 'here' });

async function sharedOn(url: string): Promise<Store & { readonly shared: SharedDatabase }> {
  const store = await storeOn(url);
  if (store.shared === undefined) throw new Error('PostgreSQL can be shared');
  return { ...store, shared: store.shared };
}

type Watch = Pick<ConstructorParameters<typeof Membership>[0], 'onReplaced' | 'removalOf'>;

/** The place of the server `one`, to which others are dead when they were not seen for a moment. */
async function joined(store: ServerStore, watch: Watch): Promise<Membership> {
  const membership = new Membership({
    ...watch,
    store,
    self: run('one'),
    beatEveryMs: 20,
    deadAfterMs: 600,
    onFailure: (_message, error) => {
      throw error;
    },
  });
  await membership.open();
  onTestFinished(() => membership.close());
  return membership;
}

describe('the servers of a database', () => {
  it('are seen by the database’s clock, and are dead when they are not', async () => {
    const url = await temporaryDatabase();
    const { servers } = (await sharedOn(url)).shared;
    await servers.announce(run('one'));
    await servers.announce(run('two'));
    const client = await otherClient(url);
    await client.query(`update servers set seen_at = '2020-01-01T00:00:00.000Z' where instance_id = 'one'`);
    expect(await servers.unseen(60_000)).toStrictEqual(['one']);
    expect(await servers.wasSeen('run of one', 60_000)).toBe(false);
    expect(await servers.wasSeen('run of two', 60_000)).toBe(true);
    expect(await servers.beat(run('one'))).toBe(true);
    expect(await servers.unseen(60_000)).toStrictEqual([]);
    await servers.leave(run('two'));
    expect(await servers.wasSeen('run of two', 60_000)).toBe(false);
  });

  it('come back when they were forgotten, and are told when another run has their place', async () => {
    const url = await temporaryDatabase();
    const { servers } = (await sharedOn(url)).shared;
    await servers.announce(run('one', 'first'));
    const client = await otherClient(url);
    await client.query(`update servers set seen_at = '2020-01-01T00:00:00.000Z'`);
    await servers.forget(60_000);
    expect((await client.query('select 1 from servers')).rowCount).toBe(0);
    expect(await servers.beat(run('one', 'first'))).toBe(true);
    await servers.announce(run('one', 'second'));
    expect(await servers.beat(run('one', 'first'))).toBe(false);
    // Leaving late takes nobody else out.
    await servers.leave(run('one', 'first'));
    expect(await servers.beat(run('one', 'second'))).toBe(true);
  });

  it('tell who died beside them, and whose place was taken', async () => {
    const { servers } = (await sharedOn(await temporaryDatabase())).shared;
    const dead: string[] = [];
    let replaced = 0;
    const membership = await joined(servers, {
      onReplaced: () => {
        replaced += 1;
      },
      removalOf: (instanceId) =>
        Promise.resolve(() => {
          dead.push(instanceId);
          return Promise.resolve();
        }),
    });
    await servers.announce(run('two'));
    await until(() => dead.includes('two'), 10_000, 'the other one counts as dead');
    expect(dead).not.toContain('one');
    expect(await membership.isRunning('run of one')).toBe(true);
    expect(await membership.isRunning('run of two')).toBe(false);
    await servers.announce(run('one', 'a copy'));
    await until(() => replaced > 0, 10_000, 'it is told of the copy');
    await membership.close();
    expect(replaced).toBe(1);
    expect(await servers.wasSeen('a copy', 60_000)).toBe(true);
  });

  it('take nothing from one that is started again while they look what it left', async () => {
    const url = await temporaryDatabase();
    const { servers } = (await sharedOn(url)).shared;
    await servers.announce(run('two'));
    const client = await otherClient(url);
    await client.query(`update servers set seen_at = '2020-01-01T00:00:00.000Z'`);
    const taken: string[] = [];
    let looks = 0;
    await joined(servers, {
      onReplaced: () => undefined,
      removalOf: async () => {
        const look = `look ${(looks += 1)}`;
        if (looks === 1) await servers.announce(run('two', 'second'));
        return () => {
          taken.push(look);
          return Promise.resolve();
        };
      },
    });
    await until(() => taken.length > 0, 10_000, 'its second run counts as dead as well');
    expect(taken).not.toContain('look 1');
  });
});

interface Heard {
  readonly changes: Change[];
  readonly lost: unknown[];
  restored: number;
}

async function listen(feed: ChangeFeed): Promise<Heard> {
  const heard: Heard = { changes: [], lost: [], restored: 0 };
  await feed.open({
    onChange: (change) => heard.changes.push(change),
    onLost: (error) => heard.lost.push(error),
    onRestored: () => {
      heard.restored += 1;
    },
  });
  onTestFinished(() => feed.close());
  return heard;
}

describe('the feed of changes', () => {
  it('tells every server of the deploys, removals and secrets of the others, in their order, and of none of its own', async () => {
    const url = await temporaryDatabase();
    const one = await sharedOn(url);
    const other = await sharedOn(url);
    const heard = await listen(one.shared.changes);
    const otherHeard = await listen(other.shared.changes);
    const { fn } = await one.functions.publish(draft('hello'));
    await other.functions.publish(draft('hello', 'b'));
    await one.functions.remove('hello');
    await other.secrets.put({ name: 'key', sealed: Buffer.from('x'), keyId: 'id', at: new Date() });
    const told = { kind: 'function', id: fn.id, name: 'hello', removed: false };
    // Before it removes a function, the transaction holds it against others, which is told as a change.
    const ofOne = [told, told, { ...told, removed: true }];
    const ofOther = [told, { kind: 'secret', name: 'key' }];
    await until(() => otherHeard.changes.length >= ofOne.length, 10_000, 'all that one did is told');
    await until(() => heard.changes.length >= ofOther.length, 10_000, 'all that the other did is told');
    expect([heard.changes, otherHeard.changes]).toStrictEqual([ofOther, ofOne]);
  });

  it('tells nothing of what was not committed', async () => {
    const url = await temporaryDatabase();
    const store = await sharedOn(url);
    const heard = await listen(store.shared.changes);
    const client = await otherClient(url);
    await client.query('begin');
    await client.query(`insert into functions values ('id', 'undone', 1, '', '')`);
    await client.query('rollback');
    await (await sharedOn(url)).functions.publish(draft('hello'));
    await until(() => heard.changes.length > 0, 10_000, 'the other one is told');
    expect(heard.changes).toStrictEqual([expect.objectContaining({ name: 'hello' })]);
  });

  it('says when it could not hear, and hears again', async () => {
    const url = await temporaryDatabase();
    const store = await sharedOn(url);
    const heard = await listen(store.shared.changes);
    const client = await otherClient(url);
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'sraas changes' and datname = current_database()`,
    );
    await until(() => heard.restored === 1, 20_000, 'it hears again');
    expect(heard.lost).toHaveLength(1);
    await (await sharedOn(url)).functions.publish(draft('hello'));
    await until(() => heard.changes.length === 1, 10_000, 'it hears of the deploy');
  });

  it('ignores what it does not know', async () => {
    const url = await temporaryDatabase();
    const store = await sharedOn(url);
    const heard = await listen(store.shared.changes);
    const client = await otherClient(url);
    for (const payload of ['', 'no json', 'null', '{"kind":"new"}']) {
      await client.query(`select pg_notify('sraas_' || md5(current_schema()), $1)`, [payload]);
    }
    await (await sharedOn(url)).functions.publish(draft('hello'));
    await until(() => heard.changes.length > 0, 10_000, 'the deploy is told');
    expect(heard.changes).toHaveLength(1);
    expect(heard.lost).toStrictEqual([]);
  });
});
