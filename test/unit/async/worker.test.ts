import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Backlog } from '../../../src/async/backlog.ts';
import { Worker } from '../../../src/async/worker.ts';
import { SraasError, type ErrorCode } from '../../../src/errors.ts';
import { FunctionCatalog } from '../../../src/functions/catalog.ts';
import type { FunctionVersion } from '../../../src/functions/function.ts';
import type { InvocationRecord } from '../../../src/history/invocation-record.ts';
import type { InvocationRequest } from '../../../src/invocations/invoker.ts';
import type { Reply } from '../../../src/invocations/reply.ts';
import type { Store } from '../../../src/store/store.ts';
import { draft } from '../store/drafts.ts';
import { temporaryStore } from '../store/temporary-store.ts';
import { patience } from '../../support/patience.ts';
import { acceptedWork } from './invocation-records.ts';
import { replyWith } from './replies.ts';

type Run = (request: InvocationRequest) => Promise<Reply>;

interface Scene {
  readonly store: Store;
  readonly worker: Worker;
  readonly failures: readonly string[];
  readonly accept: (version: FunctionVersion, members?: Partial<InvocationRecord>) => Promise<string>;
  readonly publish: (name: string, config?: object) => Promise<FunctionVersion>;
  readonly record: (id: string) => Promise<InvocationRecord | undefined>;
  readonly ended: (id: string) => Promise<InvocationRecord>;
}

async function scene(run: Run, options: { concurrency?: number; store?: Partial<Store['work']> } = {}): Promise<Scene> {
  const store = await temporaryStore();
  const failures: string[] = [];
  const { work: real } = store;
  const work: Store['work'] = {
    accept: (accepted) => real.accept(accepted),
    countWaiting: () => real.countWaiting(),
    claim: (request) => real.claim(request),
    nextDue: (after) => real.nextDue(after),
    renew: (tokens, leaseUntil) => real.renew(tokens, leaseUntil),
    putBack: (token, put) => real.putBack(token, put),
    end: (token, ended) => real.end(token, ended),
    cancel: (id, at) => real.cancel(id, at),
    cancelWaiting: (functionId, at, most) => real.cancelWaiting(functionId, at, most),
    voidLeases: (leasedBy) => real.voidLeases(leasedBy),
    ...options.store,
  };
  const backlog = new Backlog({ store: store.work, most: 1000 });
  const worker = new Worker({
    store: work,
    backlog,
    catalog: new FunctionCatalog(store),
    instanceId: 'server-a',
    concurrency: options.concurrency ?? 8,
    invoker: { run: (_workload, request) => run(request) },
    workloadOf: (version) => ({ version, codeDirectory: '/nowhere' }),
    tell: (error) => (error instanceof SraasError ? error : new SraasError('INTERNAL', String(error))),
    logBytes: 1000,
    clock: () => new Date(),
    random: () => 0,
    onWebhook: () => undefined,
    onFailure: (message) => failures.push(message),
  });
  onTestFinished(() => worker.close());
  return {
    store,
    worker,
    failures,
    publish: async (name, config = {}) => (await store.functions.publish(draft(name, 'a', config))).fn.latest,
    accept: async (version, members) => {
      const accepted = acceptedWork(version, { createdAt: new Date(), ...members });
      await store.work.accept(accepted);
      worker.wake();
      return accepted.record.id;
    },
    record: (id) => store.history.find(id),
    ended: (id) =>
      vi.waitFor(
        async () => {
          const record = await store.history.find(id);
          if (record?.endedAt === undefined) throw new Error('not ended yet');
          return record;
        },
        { timeout: 10_000, interval: 10 },
      ),
  };
}

const broken = (code: ErrorCode): SraasError => new SraasError(code, 'It did not run.');

describe('the worker', () => {
  it('runs what was accepted, with its attempt, and keeps what it came to', async () => {
    const run = vi.fn<Run>(() => Promise.resolve(replyWith('ok', { logs: 'said\n' })));
    const { worker, accept, publish, ended, store } = await scene(run);
    worker.start();
    const id = await accept(await publish('hello'));
    expect(await ended(id)).toMatchObject({ state: 'succeeded', outcome: 'ok', attempt: 1, durationMs: 1.5 });
    expect(run.mock.calls[0]?.[0]).toMatchObject({ invocationId: id, attempt: 1 });
    const payload = await store.history.findPayload(id);
    expect(Buffer.from(payload?.result ?? []).toString()).toBe('{"done":true}');
    expect(Buffer.from(payload?.logs ?? []).toString()).toBe('said\n');
    expect(payload?.envelope).toBeUndefined();
  });

  it('gives up after the last attempt, and keeps the event for a replay', async () => {
    const run = vi.fn<Run>(() => Promise.resolve(replyWith('timeout')));
    const { worker, accept, publish, ended, store } = await scene(run);
    worker.start();
    const id = await accept(await publish('hello', { async: { first_delay_ms: 0 } }), { maxAttempts: 3 });
    expect(await ended(id)).toMatchObject({ state: 'dead', outcome: 'timeout', attempt: 3 });
    expect(run.mock.calls.map(([request]) => request.attempt)).toEqual([1, 2, 3]);
    expect((await store.history.findPayload(id))?.envelope).toBeDefined();
  });

  it.each(['QUEUE_FULL', 'ENGINE_UNAVAILABLE', 'INTERNAL'] as const)(
    'asks again after %s without counting an attempt, and says why it waits',
    async (code) => {
      let refusals = 0;
      const run: Run = () => (refusals++ < 2 ? Promise.reject(broken(code)) : Promise.resolve(replyWith('ok')));
      const { worker, accept, publish, ended, record } = await scene(run);
      worker.start();
      const id = await accept(await publish('hello'), { maxAttempts: 1 });
      await vi.waitFor(async () => {
        expect(await record(id)).toMatchObject({ state: 'queued', attempt: 0, error: 'It did not run.' });
      }, patience);
      expect(await ended(id)).toMatchObject({ state: 'succeeded', attempt: 1, error: undefined });
    },
  );

  it('runs at most as many of one function as it has sandboxes, and others beside it', async () => {
    const running = new Map<string, () => void>();
    const run: Run = ({ invocationId }) =>
      new Promise((resolve) => {
        running.set(invocationId, () => {
          resolve(replyWith('ok'));
        });
      });
    const { worker, accept, publish, ended } = await scene(run, { concurrency: 4 });
    worker.start();
    const slow = await publish('slow', { concurrency: { max: 2 } });
    const greedy = await publish('greedy', { concurrency: { max: 100 } });
    const slowIds = [await accept(slow), await accept(slow), await accept(slow)];
    const greedyIds = [await accept(greedy), await accept(greedy), await accept(greedy)];
    await vi.waitFor(() => {
      expect(running.size).toBe(4);
    }, patience);
    expect(slowIds.filter((id) => running.has(id))).toHaveLength(2);
    expect(greedyIds.filter((id) => running.has(id))).toHaveLength(2);
    for (const id of [...slowIds, ...greedyIds]) {
      await vi.waitFor(
        () => {
          expect(running.has(id)).toBe(true);
        },
        { timeout: 10_000 },
      );
      running.get(id)?.();
      expect((await ended(id)).state).toBe('succeeded');
    }
  });

  it('leaves room for others however many sandboxes a function may have', async () => {
    const started: string[] = [];
    const run: Run = ({ invocationId, signal }) => {
      started.push(invocationId);
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason);
        });
        onTestFinished(() => {
          reject(broken('DRAINING'));
        });
      });
    };
    const { worker, accept, publish } = await scene(run, { concurrency: 4 });
    worker.start();
    const greedy = await publish('greedy', { concurrency: { max: 100 } });
    for (let count = 0; count < 6; count++) await accept(greedy);
    await vi.waitFor(() => {
      expect(started).toHaveLength(3);
    }, patience);
    const other = await accept(await publish('other'));
    await vi.waitFor(() => {
      expect(started).toContain(other);
    }, patience);
    expect(started).toHaveLength(4);
  });

  it('does not run what waited longer than its maximum age', async () => {
    const run = vi.fn<Run>();
    const { worker, accept, publish, ended } = await scene(run);
    const id = await accept(await publish('hello'), { createdAt: new Date(Date.now() - 3_600_001) });
    worker.start();
    expect(await ended(id)).toMatchObject({ state: 'dead', attempt: 0, errorCode: 'QUEUE_TIMEOUT' });
    expect(run).not.toHaveBeenCalled();
  });

  it('does not run a version whose name means another function by now', async () => {
    const run = vi.fn<Run>();
    const { worker, accept, publish, ended, store } = await scene(run);
    const id = await accept(await publish('hello'));
    await store.functions.remove('hello');
    await publish('hello');
    worker.start();
    expect(await ended(id)).toMatchObject({ state: 'cancelled', errorCode: 'FUNCTION_NOT_FOUND' });
    expect(run).not.toHaveBeenCalled();
  });

  it('counts no attempt for finding that its function is gone, also after the last one died with its server', async () => {
    const { worker, accept, publish, ended, store } = await scene(vi.fn<Run>());
    const id = await accept(await publish('hello'), { maxAttempts: 1 });
    const now = new Date();
    await store.work.claim({ now, leaseUntil: now, leasedBy: 'a dead server', fullFunctions: [], heldTokens: [] });
    await store.functions.remove('hello');
    await store.work.voidLeases();
    worker.start();
    expect(await ended(id)).toMatchObject({ state: 'cancelled', errorCode: 'FUNCTION_NOT_FOUND', attempt: 1 });
  });

  it('writes nothing of an attempt that was cancelled meanwhile', async () => {
    let end: (reply: Reply) => void = () => undefined;
    const run: Run = () =>
      new Promise((resolve) => {
        end = resolve;
      });
    const { worker, accept, publish, record, store } = await scene(run);
    worker.start();
    const id = await accept(await publish('hello'));
    await vi.waitFor(async () => {
      expect((await record(id))?.state).toBe('running');
    }, patience);
    expect(await store.work.cancel(id, new Date())).toBe('cancelled');
    end(replyWith('ok'));
    await worker.close();
    expect(await record(id)).toMatchObject({ state: 'cancelled', outcome: undefined });
    expect((await store.history.findPayload(id))?.result).toBeUndefined();
  });

  it('does not lose an end that the store could not take at first', async () => {
    let failures = 2;
    const run: Run = () => Promise.resolve(replyWith('ok'));
    const made = await scene(run, {
      store: {
        end: (token, work) =>
          failures-- > 0 ? Promise.reject(broken('STORE_UNAVAILABLE')) : made.store.work.end(token, work),
      },
    });
    made.worker.start();
    const id = await made.accept(await made.publish('hello'));
    expect(await made.ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
    expect(made.failures).toHaveLength(2);
  });

  it('puts back what a shutdown cuts off, begins nothing more, and closes when that is written', async () => {
    const run: Run = () => Promise.reject(broken('DRAINING'));
    const { worker, accept, publish, record } = await scene(run);
    const version = await publish('hello');
    const id = await accept(version);
    worker.start();
    worker.stop();
    await worker.close();
    expect(await record(id)).toMatchObject({ state: 'queued', attempt: 0 });
  });
});
