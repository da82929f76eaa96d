import { describe, expect, it } from 'vitest';
import type { ClaimedCall } from '../../../src/async/webhooks/webhook-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { acceptedWork } from '../async/invocation-records.ts';
import { draft } from './drafts.ts';
import { temporaryStore } from './temporary-store.ts';

const start = new Date('2026-03-01T00:00:00.000Z');
const after = (ms: number): Date => new Date(start.getTime() + ms);
const webhook = { url: 'https://receiver.example/hook', secret: 'signing' };

const claimAt = (ms: number) => ({
  now: after(ms),
  leaseUntil: after(ms + 60_000),
  leasedBy: 'server-a',
  fullFunctions: [],
  heldTokens: [],
});

/** Accepts one invocation with a webhook, and resolves with its id. */
async function accepted(store: Store): Promise<string> {
  const { fn } = await store.functions.publish(draft('hello'));
  const work = { ...acceptedWork(fn.latest), webhook };
  await store.work.accept(work);
  return work.record.id;
}

async function ended(store: Store): Promise<string> {
  const id = await accepted(store);
  const claimed = await store.work.claim(claimAt(0));
  if (claimed === undefined) throw new Error('nothing was due');
  await store.work.end(claimed.leaseToken, {
    record: { ...claimed.record, state: 'succeeded', outcome: 'ok', endedAt: after(5) },
    payload: { result: Buffer.from('[1]'), logs: undefined },
    keepsEnvelope: false,
  });
  return id;
}

async function claimedCall(store: Store, ms = 10): Promise<ClaimedCall> {
  const call = await store.webhooks.claim(claimAt(ms));
  if (call === undefined) throw new Error('no call was due');
  return call;
}

describe('the webhook of an invocation', () => {
  it('is due when that has ended, with all there is to tell, and not before', async () => {
    const store = await temporaryStore();
    await accepted(store);
    expect(await store.webhooks.claim(claimAt(0))).toBeUndefined();

    const other = await temporaryStore();
    const id = await ended(other);
    expect((await other.history.find(id))?.webhook).toEqual({ state: 'pending', attempts: 0 });
    const call = await claimedCall(other);
    expect(call).toMatchObject({
      record: { id, state: 'succeeded' },
      webhook,
      attempt: 1,
      expiresAt: after(86_400_005),
    });
    expect(Buffer.from(call.payload.result ?? []).toString()).toBe('[1]');
    expect(call.payload.envelope).toBeUndefined();
  });

  it('is due after a cancelling too', async () => {
    const store = await temporaryStore();
    const id = await accepted(store);
    await store.work.cancel(id, start);
    expect(await claimedCall(store)).toMatchObject({ record: { id, state: 'cancelled' }, webhook });
  });

  it('is called again when it is due again, by one at a time, and shows how it went', async () => {
    const store = await temporaryStore();
    const id = await ended(store);
    const first = await claimedCall(store);
    expect(await store.webhooks.claim(claimAt(11))).toBeUndefined();
    const pending = { state: 'pending', attempts: 1, status: 503 } as const;
    expect(await store.webhooks.putBack(first, pending, after(500))).toBe(true);
    expect((await store.history.find(id))?.webhook).toEqual(pending);
    expect(await store.webhooks.nextDue(after(11))).toEqual(after(500));
    const second = await claimedCall(store, 500);
    expect(second.attempt).toBe(2);
    expect(await store.webhooks.end(first, pending)).toBe(false);
    const delivered = { state: 'delivered', attempts: 2, status: 204 } as const;
    expect(await store.webhooks.end(second, delivered)).toBe(true);
    expect((await store.history.find(id))?.webhook).toEqual(delivered);
    expect(await store.webhooks.claim(claimAt(600))).toBeUndefined();
  });

  it('has nothing to tell of a dead letter that was purged', async () => {
    const store = await temporaryStore();
    await accepted(store);
    const claimed = await store.work.claim(claimAt(0));
    if (claimed === undefined) throw new Error('nothing was due');
    await store.work.end(claimed.leaseToken, {
      record: { ...claimed.record, state: 'dead', outcome: 'timeout', endedAt: after(5) },
      payload: { result: undefined, logs: undefined },
      keepsEnvelope: true,
    });
    expect(await store.deadLetters.purgeDead({ most: 10 })).toBe(1);
    expect(await store.webhooks.claim(claimAt(10))).toBeUndefined();
    expect(await store.deadLetters.purgeDead({ most: 10 })).toBe(0);
  });
});
