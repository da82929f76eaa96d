import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { StallWatch } from '../../../src/sandboxes/stall-watch.ts';

/** A thread that says something after some milliseconds, however busy this one is. */
const sayLater = `
  const { parentPort, workerData: { signal } } = require('node:worker_threads');
  parentPort.postMessage('here');
  Atomics.wait(signal, 0, 0);
  setTimeout(() => parentPort.postMessage('back'), 5);
`;

function watched(everyMs = 2): { readonly watch: StallWatch; readonly looks: number[]; readonly stop: () => void } {
  const looks: number[] = [];
  let isWatching = true;
  const watch = new StallWatch({
    everyMs,
    isWatching: () => isWatching,
    onLook: () => {
      looks.push(watch.stalledMs);
    },
  });
  return {
    watch,
    looks,
    stop: () => {
      isWatching = false;
    },
  };
}

function until(isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (isSo()) resolve();
      else setTimeout(look, 1);
    };
    look();
  });
}

describe('the watch for a stall', () => {
  it('counts for how long nothing has come back', async () => {
    const { watch, looks, stop } = watched();
    watch.begin();
    await until(() => looks.length >= 3);
    stop();
    expect(looks[0]).toBeGreaterThanOrEqual(1.9);
    expect(looks[2]).toBeGreaterThan(looks[1] ?? Infinity);
  });

  it('begins anew when something comes back, and ends when nobody waits', async () => {
    const { watch, looks, stop } = watched();
    watch.begin();
    await until(() => looks.length >= 2);
    watch.moved();
    expect(watch.stalledMs).toBe(0);
    stop();
    await until(() => looks.length >= 3);
    const { length } = looks;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([watch.stalledMs, looks.length]).toEqual([0, length]);
  });

  it('takes what has come back while the host was busy with something else for what it is', async () => {
    const signal = new Int32Array(new SharedArrayBuffer(4));
    const other = new Worker(sayLater, { eval: true, workerData: { signal } });
    try {
      const { watch, looks, stop } = watched();
      await new Promise((resolve) => other.once('message', resolve));
      // As with a sandbox, which comes back once its output has been read as well.
      other.on('message', () =>
        setImmediate(() => {
          watch.moved();
        }),
      );
      // Among the timers of the event loop, which come before what there is to be read.
      await new Promise((resolve) => setTimeout(resolve, 1));
      watch.begin();
      Atomics.store(signal, 0, 1);
      Atomics.notify(signal, 0);
      // Busy for far longer than the other thread takes: then the timer and the message are both due.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      await until(() => looks.length >= 1);
      stop();
      expect(looks[0]).toBe(0);
    } finally {
      await other.terminate();
    }
  });
});
