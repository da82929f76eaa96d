import { describe, expect, it } from 'vitest';
import type { FunctionId } from '../../../src/functions/function.ts';
import type { RunningInvocation } from '../../../src/invocations/in-flight.ts';
import type { LiveEvent } from '../../../src/invocations/live-event.ts';
import type { MetricSnapshot } from '../../../src/metrics/snapshot.ts';
import type { WorkerCalls } from '../../../src/workers/calls.ts';
import { Workers, type WorkerEnd } from '../../../src/workers/workers.ts';

const functionId = 'f' as FunctionId;
const nothing = (): Promise<void> => Promise.resolve();

/** A worker that does what is given, and nothing else. */
function end(calls: Partial<Omit<WorkerCalls, 'start'>>, kill: () => void = () => undefined): WorkerEnd {
  const all: Readonly<Record<string, (...args: never[]) => Promise<unknown>>> = {
    hear: nothing,
    follow: nothing,
    unfollow: nothing,
    ...calls,
  };
  const call = (name: string, ...args: readonly unknown[]): Promise<unknown> =>
    all[name]?.(...(args as never[])) ?? Promise.reject(new Error(`${name} was not expected`));
  return { link: { call: call as WorkerEnd['link']['call'] }, kill };
}

const running = (id: string): RunningInvocation => ({
  id,
  functionName: 'f',
  functionVersion: 1,
  startedAt: new Date(0),
  state: 'running',
});

describe('the workers of a server', () => {
  it('have all heard what was told once each has said so', async () => {
    const workers = new Workers({ onDeaf: () => undefined });
    let hear: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      hear = resolve;
    });
    workers.join(end({}));
    workers.join(end({ hear: () => slow }));
    await workers.allHeard();
    workers.tell({ kind: 'secret', name: 's' });
    const order: string[] = [];
    const heard = workers.allHeard().then(() => order.push('all have heard'));
    order.push('one hears');
    hear();
    await heard;
    expect(order).toStrictEqual(['one hears', 'all have heard']);
  });

  it('that do not hear are killed, and waited for no longer', async () => {
    const told: string[] = [];
    const workers = new Workers({ hearsWithinMs: 10, onDeaf: () => told.push('deaf') });
    workers.join(end({ hear: () => new Promise(() => undefined) }, () => told.push('killed')));
    workers.tell({ kind: 'runtimes' });
    await workers.allHeard();
    expect(told).toStrictEqual(['deaf', 'killed']);
  });

  it('are asked for what runs in any of them, and one that has gone runs nothing', async () => {
    const workers = new Workers({ onDeaf: () => undefined });
    workers.join(end({ running: () => Promise.resolve([running('a')]), cancel: (id) => Promise.resolve(id === 'a') }));
    workers.join(end({ running: () => Promise.reject(new Error('gone')), cancel: () => Promise.resolve(false) }));
    const leave = workers.join(end({ running: () => Promise.resolve([running('b')]) }));
    expect((await workers.running()).map(({ id }) => id)).toStrictEqual(['a', 'b']);
    leave();
    expect((await workers.running()).map(({ id }) => id)).toStrictEqual(['a']);
    expect([await workers.cancel('a'), await workers.cancel('z')]).toStrictEqual([true, false]);
  });

  it('tell whoever follows what happens to invocations, also those that come later', async () => {
    const workers = new Workers({ onDeaf: () => undefined });
    const asked: string[] = [];
    const following = (name: string): WorkerEnd =>
      end({
        follow: (followId, id) => {
          asked.push(`${name} follows ${id} as ${followId}`);
          return Promise.resolve();
        },
        unfollow: (followId) => {
          asked.push(`${name} lets go of ${followId}`);
          return Promise.resolve();
        },
      });
    const events: LiveEvent[] = [];
    workers.join(following('early'));
    const leave = workers.follow(functionId, (event) => events.push(event));
    workers.join(following('late'));
    await workers.allHeard();
    workers.tellLive(1, { type: 'log', invocationId: 'i', at: new Date(0), text: 'hello' });
    leave();
    workers.tellLive(1, { type: 'log', invocationId: 'i', at: new Date(0), text: 'too late' });
    expect(events.map((event) => 'text' in event && event.text)).toStrictEqual(['hello']);
    expect(asked).toStrictEqual([
      'early follows f as 1',
      'late follows f as 1',
      'early lets go of 1',
      'late lets go of 1',
    ]);
  });

  it('are asked for their metrics, and for one that does not answer stands what it told last', async () => {
    const told: MetricSnapshot = [];
    const workers = new Workers({ tellsWithinMs: 10, onDeaf: () => undefined });
    let isDeaf = false;
    workers.join(end({ metrics: () => (isDeaf ? new Promise(() => undefined) : Promise.resolve(told)) }));
    workers.join(end({ metrics: () => Promise.reject(new Error('It has gone')) }));
    expect(await workers.metrics()).toStrictEqual([told]);
    isDeaf = true;
    expect(await workers.metrics()).toStrictEqual([told]);
  });
});
