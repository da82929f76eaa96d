import { afterEach, describe, expect, it, vi } from 'vitest';
import { Watchdog } from '../../../src/builds/watchdog.ts';
import type { BuildContainer } from '../../../src/engine/build.ts';
import { EngineError } from '../../../src/engine/engine-error.ts';
import type { ContainerId } from '../../../src/engine/engine.ts';
import { FakeBuildEngine } from './fake-build-engine.ts';

const labels = { build: 'one' };
const container = (id: string, changes: Partial<BuildContainer> = {}): BuildContainer => ({
  id: id as ContainerId,
  labels,
  running: true,
  writtenBytes: 0,
  processes: 1,
  ...changes,
});

function watch(engine = new FakeBuildEngine()) {
  vi.useFakeTimers();
  const breaches: string[] = [];
  const onBreach = (reason: string): void => void breaches.push(reason);
  const dog = new Watchdog({ engine, labels, maxProcesses: 100, maxDiskBytes: 10_485_760, onBreach });
  return { engine, breaches, dog };
}
afterEach(() => vi.useRealTimers());

describe('a watchdog', () => {
  it('holds each container to the number of processes, once, as soon as it is told to look', async () => {
    const { engine, dog } = watch();
    engine.containers.push(container('a'));
    dog.lookNow();
    await vi.advanceTimersByTimeAsync(0);
    expect(engine.limited).toEqual([['a', 100]]);
    engine.containers.push(container('b'));
    await vi.advanceTimersByTimeAsync(3000);
    expect(engine.limited).toEqual([
      ['a', 100],
      ['b', 100],
    ]);
    await dog.stop();
  });

  it('tells once of a step that has all processes it may have', async () => {
    const { engine, breaches, dog } = watch();
    dog.start();
    engine.containers.push(container('a', { processes: 99 }));
    await vi.advanceTimersByTimeAsync(2000);
    expect(breaches).toEqual([]);
    engine.containers.push(container('b', { processes: 100 }));
    await vi.advanceTimersByTimeAsync(5000);
    expect(breaches).toEqual(['A step ran 100 processes and threads, which is all that a build may.']);
    await dog.stop();
  });

  it('counts what containers have written and what finished layers hold, without the base', async () => {
    const { engine, breaches, dog } = watch();
    const image = (id: string, parentId: string, sizeBytes: number) => ({
      id,
      parentId,
      sizeBytes,
      references: [],
      labels,
    });
    engine.between.push(image('first', 'base', 90_000_000), image('second', 'first', 96_000_000));
    engine.containers.push(container('a', { writtenBytes: 4_485_760 }));
    dog.start();
    await vi.advanceTimersByTimeAsync(2000);
    expect(breaches).toEqual([]);
    engine.containers.push(container('b', { writtenBytes: 1 }));
    await vi.advanceTimersByTimeAsync(2000);
    expect(breaches).toEqual(['The build wrote more than the 10 MB that it may.']);
    await dog.stop();
  });

  it('bears with an engine that fails for a moment, and not with one that stays away', async () => {
    const { engine, breaches, dog } = watch();
    engine.buildContainers = () => Promise.reject(new EngineError('timeout', 'busy'));
    dog.start();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(breaches).toEqual([]);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(breaches).toEqual(['The engine could not say what the build uses.']);
    await dog.stop();
  });

  it('asks nothing any more once it has stopped', async () => {
    const { engine, dog } = watch();
    let asked = 0;
    engine.buildContainers = () => {
      asked += 1;
      return Promise.resolve([]);
    };
    dog.start();
    await vi.advanceTimersByTimeAsync(1500);
    await dog.stop();
    const before = asked;
    dog.lookNow();
    await vi.advanceTimersByTimeAsync(5000);
    expect([before > 0, asked]).toEqual([true, before]);
  });
});
