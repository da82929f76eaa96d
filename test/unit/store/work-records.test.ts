import { describe, expect, it } from 'vitest';
import type { WorkClaimRequest } from '../../../src/async/work-store.ts';
import type { AcceptedWork, ClaimedWork } from '../../../src/async/work.ts';
import type { FunctionVersion } from '../../../src/functions/function.ts';
import type { Store } from '../../../src/store/store.ts';
import { acceptedWork } from '../async/invocation-records.ts';
import { draft } from './drafts.ts';
import { temporaryStore } from './temporary-store.ts';

const start = new Date('2026-03-01T00:00:00.000Z');
const after = (ms: number): Date => new Date(start.getTime() + ms);

const claimAt = (ms: number, members: Partial<WorkClaimRequest> = {}): WorkClaimRequest => ({
  now: after(ms),
  leaseUntil: after(ms + 60_000),
  leasedBy: 'server-a',
  fullFunctions: [],
  heldTokens: [],
  ...members,
});

async function published(store: Store, name = 'hello'): Promise<FunctionVersion> {
  return (await store.functions.publish(draft(name))).fn.latest;
}

async function accepted(store: Store, version: FunctionVersion, dueMs = 0): Promise<AcceptedWork> {
  const work = { ...acceptedWork(version), dueAt: after(dueMs) };
  await store.work.accept(work);
  return work;
}

async function claimed(store: Store, request: WorkClaimRequest = claimAt(0)): Promise<ClaimedWork> {
  const work = await store.work.claim(request);
  if (work === undefined) throw new Error('nothing was due');
  return work;
}

const endOf = ({ record }: ClaimedWork, state: 'succeeded' | 'dead' = 'succeeded') => ({
  record: { ...record, state, outcome: state === 'dead' ? ('timeout' as const) : ('ok' as const), endedAt: after(5) },
  payload: { result: Buffer.from('[1]'), logs: Buffer.from('said\n') },
  keepsEnvelope: true,
});

describe('accepted work', () => {
  it('is claimed with its bytes, once, and counts the attempt', async () => {
    const store = await temporaryStore();
    const { record, envelope } = await accepted(store, await published(store));
    const work = await claimed(store);
    expect(work).toMatchObject({
      record: { ...record, state: 'running', attempt: 1, startedAt: start },
      expiresAt: after(3_600_000),
      deferrals: 0,
    });
    expect(Buffer.from(work.envelope)).toEqual(envelope);
    expect(await store.work.claim(claimAt(1))).toBeUndefined();
  });

  it('is refused when its version was removed meanwhile', async () => {
    const store = await temporaryStore();
    const version = await published(store);
    await store.functions.remove('hello');
    await expect(store.work.accept(acceptedWork(version))).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
    expect(await store.work.countWaiting()).toBe(0);
  });

  it('is not claimed before it is due, and what has been due longest comes first', async () => {
    const store = await temporaryStore();
    const version = await published(store);
    const later = await accepted(store, version, 100);
    const sooner = await accepted(store, version, 50);
    expect(await store.work.claim(claimAt(49))).toBeUndefined();
    expect(await store.work.nextDue(after(0))).toEqual(after(50));
    expect((await claimed(store, claimAt(100))).record.id).toBe(sooner.record.id);
    expect((await claimed(store, claimAt(100))).record.id).toBe(later.record.id);
    expect(await store.work.nextDue(after(100))).toBeUndefined();
  });

  it('of a function that has all it may have is passed over', async () => {
    const store = await temporaryStore();
    const slow = await published(store, 'slow');
    const quick = await published(store, 'quick');
    for (let count = 0; count < 3; count++) await accepted(store, slow);
    const { record } = await accepted(store, quick, 10);
    const request = claimAt(10, { fullFunctions: [slow.functionId] });
    expect((await claimed(store, request)).record.id).toBe(record.id);
    expect(await store.work.claim(request)).toBeUndefined();
  });

  it('is given to one of those that ask at the same moment', async () => {
    const store = await temporaryStore();
    const version = await published(store);
    for (let count = 0; count < 5; count++) await accepted(store, version);
    const all = await Promise.all(Array.from({ length: 8 }, () => store.work.claim(claimAt(0))));
    const ids = all.filter((work) => work !== undefined).map((work) => work.record.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(0);
  });
});

describe('a lease', () => {
  it('ends in a terminal state with the bytes of its attempt', async () => {
    const store = await temporaryStore();
    await accepted(store, await published(store));
    const work = await claimed(store);
    expect(await store.work.end(work.leaseToken, endOf(work))).toBe(true);
    expect(await store.work.countWaiting()).toBe(0);
    expect(await store.work.cancel(work.record.id, after(9))).toBe('ended');
    expect(await store.work.end(work.leaseToken, endOf(work, 'dead'))).toBe(false);
  });

  it('that ran out goes to another, and whoever had it can no longer write', async () => {
    const store = await temporaryStore();
    await accepted(store, await published(store));
    const first = await claimed(store);
    expect(await store.work.claim(claimAt(59_999, { leasedBy: 'server-b' }))).toBeUndefined();
    const second = await claimed(store, claimAt(60_000, { leasedBy: 'server-b' }));
    expect(second.record).toMatchObject({ id: first.record.id, attempt: 2 });
    expect(await store.work.renew([first.leaseToken, second.leaseToken], after(200_000))).toEqual(
      new Set([second.leaseToken]),
    );
    expect(await store.work.end(first.leaseToken, endOf(first))).toBe(false);
    const putBack = { record: first.record, dueAt: start, deferrals: 0, webhook: undefined };
    expect(await store.work.putBack(first.leaseToken, putBack)).toBe(false);
    expect(await store.work.end(second.leaseToken, endOf(second))).toBe(true);
  });

  it('is not taken by the server that holds it, however far its clock has jumped', async () => {
    const store = await temporaryStore();
    await accepted(store, await published(store));
    const { leaseToken } = await claimed(store);
    expect(await store.work.claim(claimAt(3_600_000, { heldTokens: [leaseToken] }))).toBeUndefined();
    expect((await claimed(store, claimAt(3_600_000))).record.attempt).toBe(2);
  });

  it('that is prolonged stays', async () => {
    const store = await temporaryStore();
    await accepted(store, await published(store));
    const work = await claimed(store);
    await store.work.renew([work.leaseToken], after(120_000));
    expect(await store.work.claim(claimAt(100_000))).toBeUndefined();
  });

  it('that is put back waits until it is due, and forgets an attempt that did not count', async () => {
    const store = await temporaryStore();
    await accepted(store, await published(store));
    const first = await claimed(store);
    const record = { ...first.record, state: 'queued' as const, attempt: 0, error: 'no room' };
    expect(
      await store.work.putBack(first.leaseToken, { record, dueAt: after(500), deferrals: 2, webhook: undefined }),
    ).toBe(true);
    expect(await store.work.claim(claimAt(499))).toBeUndefined();
    expect(await claimed(store, claimAt(500))).toMatchObject({
      record: { attempt: 1, error: 'no room' },
      deferrals: 2,
    });
  });

  it('is void when its server is known to be dead, and the attempt counts', async () => {
    const store = await temporaryStore();
    const version = await published(store);
    await accepted(store, version);
    await accepted(store, version);
    await claimed(store);
    await claimed(store, claimAt(0, { leasedBy: 'server-b' }));
    expect(await store.work.voidLeases('server-b')).toBe(1);
    expect((await claimed(store, claimAt(1))).record.attempt).toBe(2);
    expect(await store.work.voidLeases()).toBe(2);
    expect(await store.work.voidLeases()).toBe(0);
  });
});

describe('cancelling', () => {
  it('ends what waits and what runs, once and for good', async () => {
    const store = await temporaryStore();
    const version = await published(store);
    const { record } = await accepted(store, version);
    expect(await store.work.cancel(record.id, after(5))).toBe('cancelled');
    expect(await store.work.cancel(record.id, after(6))).toBe('ended');
    expect(await store.work.claim(claimAt(10))).toBeUndefined();

    await accepted(store, version);
    const running = await claimed(store, claimAt(10));
    expect(await store.work.cancel(running.record.id, after(11))).toBe('cancelled');
    expect(await store.work.end(running.leaseToken, endOf(running))).toBe(false);
    expect(await store.work.renew([running.leaseToken], after(99))).toEqual(new Set());
  });

  it('knows what never was', async () => {
    const store = await temporaryStore();
    expect(await store.work.cancel('019a0000-0000-7000-8000-ffffffffffff', start)).toBe('missing');
  });

  it('of a function leaves those alone that somebody runs, and other functions', async () => {
    const store = await temporaryStore();
    const version = await published(store);
    await accepted(store, await published(store, 'other'));
    for (let count = 0; count < 5; count++) await accepted(store, version);
    // What was accepted first is due first: the other function's, then the first of this one.
    await claimed(store);
    await claimed(store);
    expect(await store.work.cancelWaiting(version.functionId, start, 3)).toBe(3);
    expect(await store.work.cancelWaiting(version.functionId, start, 3)).toBe(1);
    expect(await store.work.cancelWaiting(version.functionId, start, 3)).toBe(0);
    expect(await store.work.countWaiting()).toBe(2);
  });
});
