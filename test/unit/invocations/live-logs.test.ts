import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import type { FunctionId } from '../../../src/functions/function.ts';
import type { Follower } from '../../../src/invocations/follower.ts';
import type { LiveEvent } from '../../../src/invocations/live-event.ts';
import { LiveLogs } from '../../../src/invocations/live-logs.ts';
import type { Narration } from '../../../src/invocations/narration.ts';
import { versionWith } from '../sandboxes/versions.ts';

const at = new Date(0);
const version = versionWith();
const ok = {
  verdict: { outcome: 'ok', result: undefined, error: undefined, exitCode: undefined },
  durationMs: 5,
  logsTruncated: false,
} as const;

function liveLogs(options: { maxFollowers?: number; bufferBytes?: number } = {}): LiveLogs {
  return new LiveLogs({ clock: () => at, ...options });
}

function begun(logs: LiveLogs, id = 'i-1', of = version): Narration {
  const narration = logs.narrate(of, id);
  if (narration === undefined) throw new Error('Nobody follows');
  return narration;
}

/** All that a follower hears up to now, and after it whatever ends it. */
async function heard(follower: Follower, logs: LiveLogs): Promise<readonly LiveEvent[]> {
  logs.close();
  const events: LiveEvent[] = [];
  for await (const event of follower) events.push(event);
  return events;
}

const textOf = (events: readonly LiveEvent[]): string =>
  events.map((event) => (event.type === 'log' ? event.text : '')).join('');

describe('following a function', () => {
  it('hears of an invocation from begin to end', async () => {
    const logs = liveLogs();
    const follower = logs.follow(version.functionId);
    const narration = begun(logs);
    narration.onOutput(Buffer.from('one\n'));
    narration.ended(ok);
    expect(await heard(follower, logs)).toEqual([
      { type: 'begin', invocationId: 'i-1', version: 1, at },
      { type: 'log', invocationId: 'i-1', text: 'one\n', at },
      { type: 'end', invocationId: 'i-1', outcome: 'ok', code: undefined, durationMs: 5, logsTruncated: false, at },
      { type: 'draining' },
    ]);
  });

  it('hears events at once, while the invocation still runs', async () => {
    const logs = liveLogs();
    const events = logs.follow(version.functionId)[Symbol.asyncIterator]();
    const first = events.next();
    const narration = begun(logs);
    expect(await first).toMatchObject({ value: { type: 'begin' } });
    const second = events.next();
    narration.onOutput(Buffer.from('still busy'));
    expect(await second).toMatchObject({ value: { type: 'log', text: 'still busy' } });
    await events.return();
  });

  it('costs nothing when nobody does', () => {
    const logs = liveLogs();
    expect(logs.narrate(version, 'i-1')).toBeUndefined();
    const follower = logs.follow('another' as FunctionId);
    expect(logs.narrate(version, 'i-1')).toBeUndefined();
    follower.close();
    expect(logs.narrate({ ...version, functionId: 'another' as FunctionId }, 'i-1')).toBeUndefined();
  });

  it('is told to each of several followers, and only of invocations that begin after each came', async () => {
    const logs = liveLogs();
    const early = logs.follow(version.functionId);
    const narration = begun(logs, 'i-1');
    const late = logs.follow(version.functionId);
    narration.onOutput(Buffer.from('a'));
    begun(logs, 'i-2');
    logs.close();
    const names = async (follower: Follower): Promise<readonly string[]> => {
      const seen: string[] = [];
      for await (const event of follower)
        seen.push('invocationId' in event ? `${event.type} ${event.invocationId}` : event.type);
      return seen;
    };
    expect(await names(early)).toEqual(['begin i-1', 'log i-1', 'begin i-2', 'draining']);
    expect(await names(late)).toEqual(['begin i-2', 'draining']);
  });

  it('tells how an invocation failed that the platform ended, by its code', async () => {
    const logs = liveLogs();
    const follower = logs.follow(version.functionId);
    begun(logs).failed(new SraasError('INVOCATION_CANCELLED', 'It was.'));
    begun(logs).failed(new Error('a bug'));
    const ends = (await heard(follower, logs)).filter((event) => event.type === 'end');
    expect(ends).toMatchObject([
      { outcome: undefined, code: 'INVOCATION_CANCELLED' },
      { outcome: undefined, code: 'INTERNAL' },
    ]);
  });

  it('tells what a module that does not load has written', async () => {
    const logs = liveLogs();
    const follower = logs.follow(version.functionId);
    begun(logs).loadOutput('while loading\n');
    expect(textOf(await heard(follower, logs))).toBe('while loading\n');
  });
});

describe('the text of live logs', () => {
  it('is that of all bytes together, wherever they are split', async () => {
    const bytes = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      fc.uint8Array().map((raw) => Buffer.from(raw)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.array(fc.nat({ max: 40 }), { maxLength: 8 }), async (written, cuts) => {
        const logs = liveLogs();
        const follower = logs.follow(version.functionId);
        const narration = begun(logs);
        let from = 0;
        for (const cut of cuts) {
          narration.onOutput(written.subarray(from, from + cut));
          from += cut;
        }
        narration.onOutput(written.subarray(from));
        narration.ended(ok);
        expect(textOf(await heard(follower, logs))).toBe(written.toString('utf8'));
      }),
    );
  });

  it('does not change when the chunk is used again', async () => {
    const logs = liveLogs();
    const follower = logs.follow(version.functionId);
    const chunk = Buffer.from('before');
    begun(logs).onOutput(chunk);
    chunk.fill('x');
    expect(textOf(await heard(follower, logs))).toBe('before');
  });

  it('is cut at the limit of the function’s logs, between characters, with one mark', async () => {
    const logs = liveLogs();
    const small = versionWith({ limits: { log_bytes: 1024 } });
    const follower = logs.follow(small.functionId);
    const narration = begun(logs, 'i-1', small);
    narration.onOutput(Buffer.from('a'.repeat(1022)));
    for (let count = 0; count < 5; count++) narration.onOutput(Buffer.from('€'));
    narration.failed(new SraasError('INVOCATION_CANCELLED', 'It was.'));
    const events = await heard(follower, logs);
    expect(textOf(events)).toBe(`${'a'.repeat(1022)}\n[logs cut here: more than 1024 bytes]\n`);
    expect(events).toContainEqual(expect.objectContaining({ type: 'end', logsTruncated: true }));
  });

  it('has no mark when it is exactly as long as the limit', async () => {
    const logs = liveLogs();
    const small = versionWith({ limits: { log_bytes: 1024 } });
    const follower = logs.follow(small.functionId);
    begun(logs, 'i-1', small).onOutput(Buffer.from('a'.repeat(1024)));
    expect(textOf(await heard(follower, logs))).toBe('a'.repeat(1024));
  });
});

describe('a follower that reads slowly', () => {
  it('finds a note of what was left out in its place, and goes on from there', async () => {
    const logs = liveLogs({ bufferBytes: 2000 });
    const follower = logs.follow(version.functionId);
    const events = follower[Symbol.asyncIterator]();
    const narration = begun(logs);
    expect((await events.next()).value).toMatchObject({ type: 'begin' });
    narration.onOutput(Buffer.from('a'.repeat(1500)));
    narration.onOutput(Buffer.from('€'.repeat(100)));
    narration.onOutput(Buffer.from('b'.repeat(300)));
    narration.ended(ok);
    expect((await events.next()).value).toMatchObject({ type: 'log', text: 'a'.repeat(1500) });
    expect((await events.next()).value).toEqual({ type: 'dropped', bytes: 600, events: 3 });
    begun(logs, 'i-2');
    expect((await events.next()).value).toMatchObject({ type: 'begin', invocationId: 'i-2' });
    await events.return();
  });

  it('holds no more than its buffer, however much is written, and others miss nothing', async () => {
    const logs = liveLogs({ bufferBytes: 10_000 });
    const [slow, quick] = [logs.follow(version.functionId), logs.follow(version.functionId)];
    let quickBytes = 0;
    const reading = (async () => {
      for await (const event of quick) {
        expect(event.type).not.toBe('dropped');
        if (event.type === 'log') quickBytes += event.text.length;
      }
    })();
    for (let count = 0; count < 500; count++) {
      const narration = begun(logs, `i-${count}`);
      narration.onOutput(Buffer.from('c'.repeat(1000)));
      narration.ended(ok);
      await new Promise(setImmediate);
    }
    const left = await heard(slow, logs);
    await reading;
    expect(quickBytes).toBe(500_000);
    const dropped = left.filter((event) => event.type === 'dropped');
    expect(dropped).toHaveLength(1);
    expect(textOf(left).length + (dropped[0]?.bytes ?? 0)).toBe(500_000);
    expect(textOf(left).length).toBeLessThan(10_000);
    expect(left.at(-1)).toEqual({ type: 'draining' });
  });

  it('still gets one piece that is larger than its buffer', async () => {
    const logs = liveLogs({ bufferBytes: 500 });
    const events = logs.follow(version.functionId)[Symbol.asyncIterator]();
    const narration = begun(logs);
    await events.next();
    narration.loadOutput('d'.repeat(5000));
    expect((await events.next()).value).toMatchObject({ text: 'd'.repeat(5000) });
    await events.return();
  });
});

describe('the end of following', () => {
  it('frees all that a follower held when its reader leaves', async () => {
    const logs = liveLogs();
    const follower = logs.follow(version.functionId);
    const narration = begun(logs);
    for await (const event of follower) {
      expect(event.type).toBe('begin');
      break;
    }
    expect([logs.followerCount, follower.ended]).toEqual([0, true]);
    narration.onOutput(Buffer.from('to nobody'));
    narration.ended(ok);
    expect(await heard(follower, logs)).toEqual([]);
    follower.close();
    expect(logs.followerCount).toBe(0);
  });

  it('wakes a reader that waits', async () => {
    const follower = liveLogs().follow(version.functionId);
    const waiting = follower[Symbol.asyncIterator]().next();
    follower.close();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('comes with the removal of the function, for its followers alone, after all that was told before', async () => {
    const logs = liveLogs({ bufferBytes: 300 });
    const [its, others] = [logs.follow(version.functionId), logs.follow('another' as FunctionId)];
    begun(logs).onOutput(Buffer.from('e'.repeat(400)));
    logs.remove(version.functionId);
    expect(logs.followerCount).toBe(1);
    expect((await heard(its, logs)).map(({ type }) => type)).toEqual(['begin', 'dropped', 'removed']);
    expect((await heard(others, logs)).map(({ type }) => type)).toEqual(['draining']);
  });

  it('comes with the end of the server, after which nobody is let in', () => {
    const logs = liveLogs();
    logs.close();
    expect(() => logs.follow(version.functionId)).toThrow(expect.objectContaining({ code: 'DRAINING' }) as Error);
  });

  it('makes room for the next one where there are as many as there may be', () => {
    const logs = liveLogs({ maxFollowers: 2 });
    const first = logs.follow(version.functionId);
    logs.follow('another' as FunctionId);
    const refused = expect.objectContaining({ code: 'TOO_MANY_FOLLOWERS', retryAfterSeconds: 5 }) as Error;
    expect(() => logs.follow(version.functionId)).toThrow(refused);
    first.close();
    expect(logs.follow(version.functionId).ended).toBe(false);
  });
});
