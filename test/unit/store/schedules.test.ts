import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { v7 as timeOrderedId } from 'uuid';
import { Acceptor } from '../../../src/async/acceptor.ts';
import { Backlog } from '../../../src/async/backlog.ts';
import { SraasError } from '../../../src/errors.ts';
import { FunctionCatalog } from '../../../src/functions/catalog.ts';
import type { InvocationRecord } from '../../../src/history/invocation-record.ts';
import { Scheduler } from '../../../src/schedules/scheduler.ts';
import { mostSchedules } from '../../../src/schedules/schedule-store.ts';
import { Schedules } from '../../../src/schedules/schedules.ts';
import type { Store } from '../../../src/store/store.ts';
import { draft } from './drafts.ts';
import { temporaryStore } from './temporary-store.ts';

interface Stand {
  readonly store?: Store;
  readonly mostQueued?: number;
}

/** A function, its schedules, and a scheduler whose clock stands still until it is set. */
async function setUp({ store: given, mostQueued = 100 }: Stand = {}) {
  const store = given ?? (await temporaryStore());
  let now = new Date('2026-01-02T03:04:05.678Z');
  const clock = (): Date => now;
  const catalog = new FunctionCatalog(store);
  const failures: unknown[] = [];
  const backlog = new Backlog({ store: store.work, most: mostQueued });
  const acceptor = new Acceptor({
    store: store.work,
    backlog,
    diskSpace: { requireRoomFor: () => Promise.resolve() },
    clock,
    onAccepted: () => undefined,
  });
  const newScheduler = (): Scheduler => {
    const scheduler = new Scheduler({
      store: store.schedules,
      acceptor,
      catalog,
      newId: timeOrderedId,
      clock,
      onFailure: (_message, error) => failures.push(error),
    });
    onTestFinished(() => scheduler.stop());
    return scheduler;
  };
  const schedules = new Schedules({
    store: store.schedules,
    catalog,
    clock,
    maxEventBytes: 1000,
    onChanged: () => undefined,
  });
  await store.functions.publish(draft('hello'));
  const { id: functionId } = await catalog.show('hello');
  const put = (document: object, name = 'tick') =>
    schedules.put('hello', name, { document, bytes: Buffer.from(JSON.stringify(document)) });
  const at = (time: string): void => {
    now = new Date(`2026-${time}Z`);
  };
  return {
    store,
    schedules,
    failures,
    catalog,
    put,
    at,
    newScheduler,
    show: (name = 'tick') => schedules.show('hello', name),
    /** One turn of a server that starts now and stops at once. */
    runServer: async (): Promise<void> => {
      const scheduler = newScheduler();
      scheduler.start();
      await scheduler.idle();
      await scheduler.stop();
    },
    /** Newest first. */
    invocations: (): Promise<readonly InvocationRecord[]> => store.history.list({ functionId, limit: 100 }),
    end: async (invocationId: string): Promise<void> => {
      await store.work.cancel(invocationId, now);
      backlog.ended();
    },
  };
}

describe('a schedule', () => {
  it('is made, shown, changed, switched and removed', async () => {
    const { put, at, show, schedules } = await setUp();
    const { outcome, schedule } = await put({ cron: '*/5 * * * *', timezone: 'Europe/Berlin', event: { a: 1 } });
    expect(outcome).toBe('created');
    expect(schedule).toMatchObject({
      functionName: 'hello',
      name: 'tick',
      definition: {
        cron: '*/5 * * * *',
        timezone: 'Europe/Berlin',
        qualifier: undefined,
        overlap: 'skip',
        enabled: true,
      },
      nextAt: new Date('2026-01-02T03:05:00Z'),
      lastAt: undefined,
      skipped: 0,
      revision: 1,
    });
    expect(Buffer.from(schedule.envelope).toString()).toBe('{"version":"v1","event":{"a":1}}');
    expect(await show()).toEqual(schedule);

    at('01-02T03:10:00.000');
    expect((await put({ cron: '0 * * * *' })).schedule).toMatchObject({
      nextAt: new Date('2026-01-02T04:00:00Z'),
      revision: 2,
    });
    expect(await schedules.setEnabled('hello', 'tick', false)).toMatchObject({ nextAt: undefined, revision: 3 });
    at('01-02T05:10:00.000');
    const resumed = await schedules.setEnabled('hello', 'tick', true);
    expect(resumed).toMatchObject({ nextAt: new Date('2026-01-02T06:00:00Z'), definition: { enabled: true } });
    expect(await schedules.list('hello')).toEqual([resumed]);

    await schedules.remove('hello', 'tick');
    await expect(show()).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
    await expect(schedules.remove('hello', 'tick')).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
    await expect(schedules.setEnabled('hello', 'tick', true)).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
  });

  it('is for a function and a version that are there, with an event that it can take', async () => {
    const { put, schedules } = await setUp();
    const refused = { code: 'INVALID_SCHEDULE', violations: [{ pointer: '/qualifier' }] };
    await expect(put({ cron: '@daily', qualifier: 'live' })).rejects.toMatchObject(refused);
    await expect(put({ cron: '@daily', qualifier: '9' })).rejects.toMatchObject(refused);
    await expect(put({ cron: '@daily', event: 'x'.repeat(1000) })).rejects.toMatchObject({ code: 'EVENT_TOO_LARGE' });
    await expect(schedules.list('other')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    const bytes = Buffer.from('{}');
    await expect(schedules.put('other', 'tick', { document: { cron: '@daily' }, bytes })).rejects.toMatchObject({
      code: 'FUNCTION_NOT_FOUND',
    });
    for (let i = 0; i < mostSchedules; i++) await put({ cron: '@daily' }, `s${i}`);
    await expect(put({ cron: '@daily' }, 'more')).rejects.toMatchObject({ code: 'INVALID_SCHEDULE' });
    expect((await put({ cron: '@hourly' }, 's1')).outcome).toBe('updated');
  });

  it('goes with its function, and a new one of that name has none', async () => {
    const { store, catalog, put, schedules } = await setUp();
    await put({ cron: '@daily' });
    await catalog.remove('hello');
    await store.functions.publish(draft('hello'));
    expect(await schedules.list('hello')).toEqual([]);
  });
});

describe('a time that has come', () => {
  it('is run once, with the event and the version of that moment', async () => {
    const { store, catalog, put, at, show, runServer, invocations } = await setUp();
    await put({ cron: '*/5 * * * *', event: { n: 1 }, context: { who: 'me' } });
    await runServer();
    expect(await invocations()).toEqual([]);
    catalog.published((await store.functions.publish(draft('hello', 'b'))).fn);
    at('01-02T03:05:00.000');
    await runServer();
    await runServer();
    const [invocation, ...others] = await invocations();
    expect(others).toEqual([]);
    expect(invocation).toMatchObject({
      functionName: 'hello',
      functionVersion: 2,
      mode: 'scheduled',
      schedule: 'tick',
      state: 'queued',
    });
    const payload = await store.history.findPayload(invocation?.id ?? '');
    expect(Buffer.from(payload?.envelope ?? []).toString()).toBe(
      '{"version":"v1","event":{"n":1},"context":{"who":"me"}}',
    );
    expect(await show()).toMatchObject({
      lastAt: new Date('2026-01-02T03:05:00Z'),
      lastInvocationId: invocation?.id,
      nextAt: new Date('2026-01-02T03:10:00Z'),
    });
  });

  it('is run once by servers that see it at the same moment', async () => {
    const { put, at, newScheduler, invocations, end } = await setUp();
    await put({ cron: '*/5 * * * *' });
    for (const minute of ['05', '10', '15']) {
      at(`01-02T03:${minute}:00.000`);
      const schedulers = [newScheduler(), newScheduler(), newScheduler()];
      for (const scheduler of schedulers) scheduler.start();
      await Promise.all(schedulers.map((scheduler) => scheduler.idle()));
      await Promise.all(schedulers.map((scheduler) => scheduler.stop()));
      await end((await invocations())[0]?.id ?? '');
    }
    expect(await invocations()).toHaveLength(3);
  });

  it('is made up for once when many were missed', async () => {
    const { put, at, show, runServer, invocations } = await setUp();
    await put({ cron: '*/5 * * * *' });
    at('01-09T12:01:00.000');
    await runServer();
    expect(await invocations()).toHaveLength(1);
    expect((await show()).nextAt).toEqual(new Date('2026-01-09T12:05:00Z'));
  });

  it('is left out while the run before has not ended, and counted, unless runs may overlap', async () => {
    const { put, at, show, runServer, invocations, end } = await setUp();
    await put({ cron: '*/5 * * * *' });
    await put({ cron: '*/5 * * * *', overlap: 'allow' }, 'both');
    for (const minute of ['05', '10', '15']) {
      at(`01-02T03:${minute}:00.000`);
      await runServer();
    }
    const made = await invocations();
    expect(made.filter(({ schedule }) => schedule === 'both')).toHaveLength(3);
    const [only, ...others] = made.filter(({ schedule }) => schedule === 'tick');
    expect(others).toEqual([]);
    expect(await show()).toMatchObject({
      skipped: 2,
      lastAt: new Date('2026-01-02T03:05:00Z'),
      lastInvocationId: only?.id,
    });
    await end(only?.id ?? '');
    at('01-02T03:20:00.000');
    await runServer();
    expect(await show()).toMatchObject({ skipped: 2, lastAt: new Date('2026-01-02T03:20:00Z') });
  });

  it('is left out with a reason when its alias is gone, and run again when it is back', async () => {
    const { store, catalog, put, at, show, runServer, invocations } = await setUp();
    const alias = { functionName: 'hello', name: 'live', target: { version: 1 }, at: new Date() };
    await store.aliases.put(alias);
    await put({ cron: '*/5 * * * *', qualifier: 'live' });
    const { id, name } = await catalog.show('hello');
    await store.aliases.remove('hello', 'live');
    catalog.changed({ id, name });
    at('01-02T03:05:00.000');
    await runServer();
    expect(await invocations()).toEqual([]);
    expect(await show()).toMatchObject({
      problem: expect.stringContaining('no alias live') as string,
      nextAt: new Date('2026-01-02T03:10:00Z'),
    });
    await store.aliases.put(alias);
    catalog.changed({ id, name });
    at('01-02T03:10:00.000');
    await runServer();
    expect(await invocations()).toHaveLength(1);
    expect(await show()).toMatchObject({ problem: undefined });
  });

  it('is still to be run when the platform can take nothing on', async () => {
    const { put, at, show, runServer, invocations, end, failures } = await setUp({ mostQueued: 1 });
    await put({ cron: '*/5 * * * *', overlap: 'allow' });
    at('01-02T03:05:00.000');
    await runServer();
    at('01-02T03:10:00.000');
    await runServer();
    expect(failures).toEqual([expect.objectContaining({ code: 'QUEUE_FULL' })]);
    expect((await show()).nextAt).toEqual(new Date('2026-01-02T03:10:00Z'));
    await end((await invocations())[0]?.id ?? '');
    at('01-02T03:11:00.000');
    await runServer();
    expect(await invocations()).toHaveLength(2);
    expect(await show()).toMatchObject({
      lastAt: new Date('2026-01-02T03:10:00Z'),
      nextAt: new Date('2026-01-02T03:15:00Z'),
    });
  });
});

describe('a clock that is set', () => {
  it('forward has one of the times in between run', async () => {
    const { put, at, newScheduler, invocations, show } = await setUp();
    await put({ cron: '0 * * * *' });
    const scheduler = newScheduler();
    scheduler.start();
    await scheduler.idle();
    at('01-05T00:30:00.000');
    scheduler.wake();
    await scheduler.idle();
    expect(await invocations()).toHaveLength(1);
    expect((await show()).nextAt).toEqual(new Date('2026-01-05T01:00:00Z'));
  });

  it('back by a little has no time run twice', async () => {
    const { put, at, newScheduler, invocations, show } = await setUp();
    await put({ cron: '*/5 * * * *', overlap: 'allow' });
    const scheduler = newScheduler();
    at('01-02T03:05:00.000');
    scheduler.start();
    await scheduler.idle();
    at('01-02T03:04:30.000');
    scheduler.wake();
    await scheduler.idle();
    at('01-02T03:05:00.000');
    scheduler.wake();
    await scheduler.idle();
    expect(await invocations()).toHaveLength(1);
    expect((await show()).nextAt).toEqual(new Date('2026-01-02T03:10:00Z'));
  });

  it('back by far, while it runs or before it starts, does not have schedules wait for the time that was wrong', async () => {
    const { put, at, newScheduler, show, runServer } = await setUp();
    at('06-01T00:01:00.000');
    await put({ cron: '*/5 * * * *' });
    const scheduler = newScheduler();
    scheduler.start();
    await scheduler.idle();
    at('02-01T00:01:00.000');
    scheduler.wake();
    await scheduler.idle();
    await scheduler.stop();
    expect((await show()).nextAt).toEqual(new Date('2026-02-01T00:05:00Z'));
    at('01-02T03:04:00.000');
    await runServer();
    expect((await show()).nextAt).toEqual(new Date('2026-01-02T03:05:00Z'));
  });
});

describe('a scheduler', () => {
  it('sleeps until the next time, and wakes for a schedule that comes in between', async () => {
    const { put, at, newScheduler, invocations } = await setUp();
    const scheduler = newScheduler();
    scheduler.start();
    await scheduler.idle();
    await put({ cron: '*/5 * * * *' });
    at('01-02T03:04:59.990');
    scheduler.wake();
    await scheduler.idle();
    expect(await invocations()).toEqual([]);
    at('01-02T03:05:00.000');
    // Its timer ends some 10 ms later.
    await expect.poll(async () => (await invocations()).length, { timeout: 10_000 }).toBe(1);
  });

  it('tells of a failure of the store and goes on', async () => {
    const { store, put, at, newScheduler, invocations, failures } = await setUp();
    await put({ cron: '*/5 * * * *' });
    at('01-02T03:05:00.000');
    vi.spyOn(store.schedules, 'due').mockRejectedValueOnce(new SraasError('STORE_UNAVAILABLE', 'Try again.'));
    const scheduler = newScheduler();
    scheduler.start();
    await scheduler.idle();
    expect(failures).toEqual([expect.objectContaining({ code: 'STORE_UNAVAILABLE' })]);
    scheduler.wake();
    await scheduler.idle();
    expect(await invocations()).toHaveLength(1);
  });
});
