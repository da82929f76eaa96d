import { describe, expect, it, vi } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import type { Answer } from '../../../src/idempotency/answer.ts';
import type { IdempotencyStore } from '../../../src/idempotency/idempotency-store.ts';
import { KeyedRequests, type Hold, type KeyedRequest } from '../../../src/idempotency/keyed-requests.ts';
import { temporaryStore } from '../store/temporary-store.ts';

const ttlMs = 60_000;
const request: KeyedRequest = {
  scope: 'POST /functions/hello/invoke',
  key: 'k-1',
  fingerprint: 'f-1',
  whenInterrupted: 'refuse',
  errorHeaders: { 'x-sraas-outcome': 'not_run' },
};
const answer: Answer = { status: 200, headers: { 'X-A': 'b' }, body: Buffer.from([0x7b, 0, 0xff, 0x0a, 0x7d]) };
const kept = { kind: 'answer', answer } as const;
const done = (): Promise<Answer> => Promise.resolve(answer);

interface Run {
  readonly keyed: KeyedRequests;
  readonly onFailure: ReturnType<typeof vi.fn>;
}

/** One run of a server on a store that other runs may have used before. */
function run(store: IdempotencyStore, options: { runId?: string; now?: () => number; running?: string[] } = {}): Run {
  const { runId = 'run-1', now = () => 0, running = [] } = options;
  const onFailure = vi.fn();
  const keyed = new KeyedRequests({
    store,
    runId,
    isRunning: (id) => Promise.resolve(running.includes(id)),
    ttlMs,
    clock: () => new Date(now()),
    onFailure,
  });
  return { keyed, onFailure };
}

async function store(): Promise<IdempotencyStore> {
  return (await temporaryStore()).idempotency;
}

/** Work that has begun and does not end by itself. */
function endless(keyed: KeyedRequests, changes: Partial<KeyedRequest> = {}): Promise<Hold> {
  return new Promise((resolve) => {
    void keyed.carryOut({ ...request, ...changes }, (hold) => {
      resolve(hold);
      return new Promise(() => undefined);
    });
  });
}

describe('a request with a key', () => {
  it('is carried out once, and its answer given again byte for byte', async () => {
    const { keyed } = run(await store());
    const work = vi.fn(done);
    expect(await keyed.carryOut(request, work)).toEqual({ kept, isRepeat: false });
    const repeat = await keyed.carryOut(request, work);
    expect(repeat).toEqual({
      kept: { kind: 'answer', answer: { ...answer, body: Buffer.from(answer.body) } },
      isRepeat: true,
    });
    expect(work).toHaveBeenCalledOnce();
  });

  it('is another one in another scope', async () => {
    const { keyed } = run(await store());
    const work = vi.fn(done);
    await keyed.carryOut(request, work);
    await keyed.carryOut({ ...request, scope: 'POST /functions/other/invoke', fingerprint: 'f-2' }, work);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('is refused when it says something else than the first', async () => {
    const { keyed } = run(await store());
    await keyed.carryOut(request, done);
    await expect(keyed.carryOut({ ...request, fingerprint: 'f-2' }, done)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
  });

  it('is refused while the first is under way, and says when to come again', async () => {
    const { keyed } = run(await store());
    await endless(keyed);
    await expect(keyed.carryOut(request, done)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_IN_FLIGHT',
      retryAfterSeconds: 1,
    });
    await expect(keyed.carryOut({ ...request, fingerprint: 'f-2' }, done)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
  });

  it('is carried out by one of many that come at once', async () => {
    const { keyed } = run(await store());
    const work = vi.fn(done);
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => keyed.carryOut(request, work)));
    expect(work).toHaveBeenCalledOnce();
    const codes = all.flatMap((one) => (one.status === 'rejected' ? [(one.reason as SraasError).code] : []));
    expect(new Set(codes)).toEqual(codes.length === 0 ? new Set() : new Set(['IDEMPOTENCY_IN_FLIGHT']));
  });

  it('is a new one when the time of the first is over', async () => {
    let now = 0;
    const { keyed } = run(await store(), { now: () => now });
    const work = vi.fn(done);
    await keyed.carryOut(request, work);
    now = ttlMs - 1;
    expect((await keyed.carryOut(request, work)).isRepeat).toBe(true);
    now = ttlMs;
    expect((await keyed.carryOut({ ...request, fingerprint: 'f-2' }, work)).isRepeat).toBe(false);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('keeps its answer for the whole time, however long the work took', async () => {
    let now = 0;
    const { keyed } = run(await store(), { now: () => now });
    await keyed.carryOut(request, () => {
      now = 10 * ttlMs;
      return done();
    });
    now += ttlMs - 1;
    expect((await keyed.carryOut(request, done)).isRepeat).toBe(true);
  });
});

describe('after an error', () => {
  const mistake = new SraasError('FUNCTION_NOT_FOUND', 'There is none.', {
    violations: [{ pointer: '/x', message: 'is wrong' }],
  });
  const busy = new SraasError('QUEUE_FULL', 'Too many.');

  it('by the caller’s fault a repeat meets the same one', async () => {
    const { keyed } = run(await store());
    await expect(keyed.carryOut(request, () => Promise.reject(mistake))).rejects.toBe(mistake);
    const { code, message, violations } = mistake;
    expect(await keyed.carryOut(request, done)).toEqual({
      kept: { kind: 'refusal', refusal: { code, message, violations, headers: request.errorHeaders } },
      isRepeat: true,
    });
  });

  it.each([
    ['of capacity', busy],
    ['of the platform', new SraasError('ENGINE_UNAVAILABLE', 'It is away.')],
    ['that nobody foresaw', new TypeError('oops')],
  ])('%s the key is free again', async (_title, error) => {
    const { keyed } = run(await store());
    await expect(keyed.carryOut(request, () => Promise.reject(error))).rejects.toBe(error);
    expect((await keyed.carryOut({ ...request, fingerprint: 'f-2' }, done)).isRepeat).toBe(false);
  });

  it('of the platform nothing is done again that had begun', async () => {
    const { keyed } = run(await store());
    const error = new SraasError('ENGINE_UNAVAILABLE', 'It went away.');
    const failing = (hold: Hold): Promise<Answer> => {
      hold.begun();
      return Promise.reject(error);
    };
    await expect(keyed.carryOut(request, failing)).rejects.toBe(error);
    await expect(keyed.carryOut(request, done)).rejects.toMatchObject({ code: 'IDEMPOTENCY_INTERRUPTED' });
    await expect(keyed.carryOut({ ...request, fingerprint: 'f-2' }, done)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
  });
});

describe('after the server died over a request', () => {
  it('what must not be done twice is not done again, and says so', async () => {
    const shared = await store();
    await endless(run(shared).keyed);
    const { keyed } = run(shared, { runId: 'run-2' });
    await expect(keyed.carryOut(request, done)).rejects.toMatchObject({ code: 'IDEMPOTENCY_INTERRUPTED' });
    await expect(keyed.carryOut(request, done)).rejects.toMatchObject({ code: 'IDEMPOTENCY_INTERRUPTED' });
  });

  it('what can be done again is taken over, by one of those that come at once', async () => {
    const shared = await store();
    const taken = { ...request, whenInterrupted: 'take_over' } as const;
    await endless(run(shared).keyed, taken);
    const { keyed } = run(shared, { runId: 'run-2' });
    const work = vi.fn(done);
    await Promise.allSettled(Array.from({ length: 10 }, () => keyed.carryOut(taken, work)));
    expect(work).toHaveBeenCalledOnce();
    expect((await keyed.carryOut(taken, work)).isRepeat).toBe(true);
  });

  it('another that lives goes on', async () => {
    const shared = await store();
    await endless(run(shared).keyed);
    const { keyed } = run(shared, { runId: 'run-2', running: ['run-1'] });
    await expect(keyed.carryOut(request, done)).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_FLIGHT' });
  });

  it('an answer of an earlier run is given again', async () => {
    const shared = await store();
    await run(shared).keyed.carryOut(request, done);
    expect((await run(shared, { runId: 'run-2' }).keyed.carryOut(request, done)).isRepeat).toBe(true);
  });

  it('one that was only thought dead does not write over what was done in its place', async () => {
    const shared = await store();
    const taken = { ...request, whenInterrupted: 'take_over' } as const;
    let end: (answer: Answer) => void = () => undefined;
    let slow: Promise<unknown> = Promise.resolve();
    await new Promise<void>((begun) => {
      slow = run(shared).keyed.carryOut(taken, () => {
        begun();
        return new Promise((resolve) => (end = resolve));
      });
    });
    const { keyed } = run(shared, { runId: 'run-2' });
    await keyed.carryOut(taken, () => Promise.resolve({ ...answer, status: 201 }));
    end(answer);
    await slow;
    expect(await keyed.carryOut(taken, done)).toMatchObject({ kept: { answer: { status: 201 } }, isRepeat: true });
  });
});

describe('when the store fails', () => {
  const broken = new SraasError('STORE_UNAVAILABLE', 'It is away.');

  it('before the work, the work is not done', async () => {
    const good = await store();
    const { keyed } = run(
      Object.assign(Object.create(good) as IdempotencyStore, { reserve: () => Promise.reject(broken) }),
    );
    const work = vi.fn(done);
    await expect(keyed.carryOut(request, work)).rejects.toBe(broken);
    expect(work).not.toHaveBeenCalled();
  });

  it('after the work, the answer is given, an operator is told, and a repeat does nothing twice', async () => {
    const good = await store();
    const { keyed, onFailure } = run({
      reserve: (...all) => good.reserve(...all),
      takeOver: (...all) => good.takeOver(...all),
      interrupt: (...all) => good.interrupt(...all),
      release: (...all) => good.release(...all),
      prune: (...all) => good.prune(...all),
      keep: () => Promise.reject(broken),
    });
    expect(await keyed.carryOut(request, done)).toEqual({ kept, isRepeat: false });
    expect(onFailure).toHaveBeenCalledWith(expect.any(String), broken);
    await expect(keyed.carryOut(request, done)).rejects.toMatchObject({ code: 'IDEMPOTENCY_INTERRUPTED' });
  });
});

it('keeps an answer in the transaction of the work itself, and not once more', async () => {
  const good = await store();
  const { keyed } = run(good);
  const early = { ...answer, status: 202 };
  const keep = vi.spyOn(good, 'keep');
  await keyed.carryOut(request, async (hold) => {
    await good.keep(hold.answered(early));
    return early;
  });
  expect(keep).toHaveBeenCalledOnce();
  expect(await keyed.carryOut(request, done)).toMatchObject({ kept: { answer: { status: 202 } }, isRepeat: true });
});

it('lets the end of the server wait for the answers of work that nobody listens to any more', async () => {
  const { keyed } = run(await store());
  let end: (answer: Answer) => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    void keyed.carryOut(request, () => {
      resolve();
      return new Promise((ends) => (end = ends));
    });
  });
  await begun;
  let isSettled = false;
  const settled = keyed.settled(60_000).then(() => (isSettled = true));
  await Promise.resolve();
  expect(isSettled).toBe(false);
  end(answer);
  await settled;
  expect((await keyed.carryOut(request, done)).isRepeat).toBe(true);
  await keyed.settled(60_000);
});
