import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cancellation } from '../../../src/cancellation.ts';
import { InFlight, type TrackedCall } from '../../../src/invocations/in-flight.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const staying = new AbortController().signal;

let lastId = 0;
function call(signal: Cancellation): TrackedCall {
  return { invocationId: `i-${++lastId}`, version: { functionName: 'f', number: 3 }, signal };
}

/** Work that ends when told, or fails with the signal's reason when that aborts. */
function openWork(): { readonly work: (signal: Cancellation) => Promise<string>; end: (value: string) => void } {
  let end: (value: string) => void = () => undefined;
  const work = (signal: Cancellation): Promise<string> =>
    new Promise((resolve, reject) => {
      end = resolve;
      signal.addEventListener('abort', () => {
        reject(signal.reason);
      });
    });
  return {
    work,
    end: (value) => {
      end(value);
    },
  };
}

describe('work in flight', () => {
  it('is counted while it runs, and gives what it comes to', async () => {
    const inFlight = new InFlight();
    const { work, end } = openWork();
    const result = inFlight.track(call(staying), work);
    expect(inFlight.count).toBe(1);
    end('done');
    expect(await result).toBe('done');
    expect(inFlight.count).toBe(0);
  });

  it('is no longer counted when it fails, and fails as it failed', async () => {
    const inFlight = new InFlight();
    await expect(inFlight.track(call(staying), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(inFlight.count).toBe(0);
  });

  it('is cancelled with its caller’s reason when its caller leaves, or has left before', async () => {
    const inFlight = new InFlight();
    const caller = new AbortController();
    const result = inFlight.track(call(caller.signal), openWork().work);
    caller.abort(new Error('gone'));
    await expect(result).rejects.toThrow('gone');
    const seen = await inFlight.track(call(caller.signal), (signal) => Promise.resolve(signal.reason));
    expect(seen).toEqual(new Error('gone'));
  });

  it('leaves nothing on its caller’s signal', async () => {
    const caller = new AbortController();
    const [added, removed] = [
      vi.spyOn(caller.signal, 'addEventListener'),
      vi.spyOn(caller.signal, 'removeEventListener'),
    ];
    await new InFlight().track(call(caller.signal), () => Promise.resolve());
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
  });
});

describe('the list of what is in flight', () => {
  it('tells who waits and who runs, in the order they came, and forgets who has ended', async () => {
    vi.setSystemTime(1_000_000);
    const inFlight = new InFlight();
    const works = [openWork(), openWork()];
    const first = inFlight.track({ ...call(staying), invocationId: 'a' }, (signal, onRunning) => {
      onRunning();
      return works[0]?.work(signal) ?? Promise.reject(new Error('no work'));
    });
    vi.setSystemTime(1_000_005);
    const second = inFlight.track({ ...call(staying), invocationId: 'b' }, (signal) => {
      return works[1]?.work(signal) ?? Promise.reject(new Error('no work'));
    });
    const common = { functionName: 'f', functionVersion: 3 };
    expect(inFlight.list()).toEqual([
      { ...common, id: 'a', startedAt: new Date(1_000_000), state: 'running' },
      { ...common, id: 'b', startedAt: new Date(1_000_005), state: 'waiting' },
    ]);
    works[0]?.end('done');
    await first;
    expect(inFlight.list().map(({ id }) => id)).toEqual(['b']);
    works[1]?.end('done');
    await second;
    expect(inFlight.list()).toEqual([]);
  });
});

describe('a cancel', () => {
  it('ends one invocation with INVOCATION_CANCELLED and leaves the others', async () => {
    const inFlight = new InFlight();
    const [wanted, other] = [openWork(), openWork()];
    const cancelled = inFlight.track({ ...call(staying), invocationId: 'a' }, wanted.work);
    const left = inFlight.track({ ...call(staying), invocationId: 'b' }, other.work);
    const refused = expect(cancelled).rejects.toMatchObject({ code: 'INVOCATION_CANCELLED' });
    expect(await inFlight.cancel('a')).toBe(true);
    await refused;
    expect(inFlight.list().map(({ id }) => id)).toEqual(['b']);
    other.end('done');
    expect(await left).toBe('done');
  });

  it('resolves only when the work has ended, also for who asks a second time meanwhile', async () => {
    const inFlight = new InFlight();
    const { work, end } = openWork();
    const stubborn = inFlight.track({ ...call(staying), invocationId: 'a' }, () => work(staying));
    const ended = vi.fn();
    const cancels = [inFlight.cancel('a').then(ended), inFlight.cancel('a').then(ended)];
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ended).not.toHaveBeenCalled();
    end('its own end');
    await Promise.all(cancels);
    expect(await stubborn).toBe('its own end');
  });

  it('of what has ended, or never was, ends nothing and says so', async () => {
    const inFlight = new InFlight();
    await inFlight.track({ ...call(staying), invocationId: 'a' }, () => Promise.resolve());
    expect([await inFlight.cancel('a'), await inFlight.cancel('__proto__')]).toEqual([false, false]);
  });
});

describe('a drain', () => {
  it('ends at once when nothing runs', async () => {
    expect(await new InFlight().drain(1000)).toEqual({ cancelled: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that comes second joins the first', async () => {
    const inFlight = new InFlight();
    const { work, end } = openWork();
    const result = inFlight.track(call(staying), work);
    const drains = [inFlight.drain(1000), inFlight.drain(5)];
    await vi.advanceTimersByTimeAsync(500);
    end('a');
    expect(await Promise.all(drains)).toEqual([{ cancelled: 0 }, { cancelled: 0 }]);
    expect(await result).toBe('a');
  });

  it('waits for what runs, and cancels nothing that ends in time', async () => {
    const inFlight = new InFlight();
    const works = [openWork(), openWork()];
    const results = works.map(({ work }) => inFlight.track(call(staying), work));
    const drained = vi.fn();
    const drain = inFlight.drain(1000).then(drained);
    works[0]?.end('a');
    await vi.advanceTimersByTimeAsync(999);
    expect(drained).not.toHaveBeenCalled();
    works[1]?.end('b');
    await drain;
    expect(drained).toHaveBeenCalledWith({ cancelled: 0 });
    expect(await Promise.all(results)).toEqual(['a', 'b']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('cancels what still runs when its time is up, and says how much that was', async () => {
    const inFlight = new InFlight();
    const [quick, slow] = [openWork(), openWork()];
    const result = inFlight.track(call(staying), quick.work);
    const cancelled = expect(inFlight.track(call(staying), slow.work)).rejects.toMatchObject({
      code: 'DRAINING',
      retryAfterSeconds: 5,
    });
    const drain = inFlight.drain(1000);
    quick.end('a');
    await vi.advanceTimersByTimeAsync(1000);
    await cancelled;
    expect(await result).toBe('a');
    expect(await drain).toEqual({ cancelled: 1 });
  });

  it('waits for work that takes its time to stop', async () => {
    const inFlight = new InFlight();
    const { work, end } = openWork();
    const stubborn = inFlight.track(call(staying), () => work(staying));
    const drained = vi.fn();
    const drain = inFlight.drain(0).then(drained);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(drained).not.toHaveBeenCalled();
    end('at last');
    await drain;
    expect(drained).toHaveBeenCalledWith({ cancelled: 1 });
    expect(await stubborn).toBe('at last');
  });

  it('refuses new work from its beginning on, without running it', async () => {
    const inFlight = new InFlight();
    const { work, end } = openWork();
    const running = inFlight.track(call(staying), work);
    const drain = inFlight.drain(1000);
    const late = vi.fn(() => Promise.resolve());
    await expect(inFlight.track(call(staying), late)).rejects.toMatchObject({ code: 'DRAINING' });
    expect(late).not.toHaveBeenCalled();
    end('done');
    await Promise.all([running, drain]);
    await expect(inFlight.track(call(staying), late)).rejects.toMatchObject({ code: 'DRAINING' });
  });
});
