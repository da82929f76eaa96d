import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { Recorder } from '../../../src/history/recorder.ts';
import type { EndedInvocation } from '../../../src/invocations/ended-invocation.ts';
import type { Outcome } from '../../../src/wire/outcome.ts';
import { unknownUse } from '../../../src/sandboxes/resource-account.ts';
import { versionWith } from '../sandboxes/versions.ts';

const recorder = new Recorder({ logBytes: 10, explain: () => undefined });

const common = (history?: string): Omit<EndedInvocation, 'reply' | 'error'> => ({
  invocationId: 'i-1',
  version: versionWith(history === undefined ? {} : { history }),
  envelope: Buffer.from('{"version":"v1"}'),
  startedAt: new Date(1000),
  endedAt: new Date(2000),
});

function replied(outcome: Outcome, { history, logs = '' }: { history?: string; logs?: string } = {}): EndedInvocation {
  const isOk = outcome === 'ok';
  return {
    ...common(history),
    reply: {
      verdict: {
        outcome,
        result: isOk ? Buffer.from('1') : undefined,
        error: isOk ? undefined : 'Error: no',
        exitCode: undefined,
      },
      logs,
      logsTruncated: false,
      durationMs: 3,
      invocationId: 'i-1',
      functionName: 'hello',
      functionVersion: 1,
      coldStart: true,
      queueMs: 1,
      initMs: 2,
      use: unknownUse,
    },
  };
}

describe('the record of an invocation', () => {
  it('says how it ended, when, and what it took', () => {
    expect(recorder.entryOf({ ...replied('timeout'), replayOf: 'i-0' }).record).toMatchObject({
      id: 'i-1',
      functionId: 'id-of-hello',
      functionName: 'hello',
      functionVersion: 1,
      mode: 'sync',
      state: 'failed',
      outcome: 'timeout',
      error: 'Error: no',
      attempt: 1,
      createdAt: new Date(1000),
      endedAt: new Date(2000),
      durationMs: 3,
      queueMs: 1,
      initMs: 2,
      coldStart: true,
      replayOf: 'i-0',
    });
    expect(recorder.entryOf(replied('ok')).record).toMatchObject({ state: 'succeeded', outcome: 'ok' });
  });

  it.each([
    [new SraasError('QUEUE_FULL', 'Too many.'), 'failed', 'QUEUE_FULL', 'Too many.'],
    [
      new SraasError('INVOCATION_CANCELLED', 'The client left.'),
      'cancelled',
      'INVOCATION_CANCELLED',
      'The client left.',
    ],
    [new Error('/secret/path'), 'failed', 'INTERNAL', 'Something went wrong here; the server log has the reason.'],
  ])('says what the platform said instead: %s', (error, state, errorCode, said) => {
    const { record } = recorder.entryOf({ ...common(), error });
    expect(record).toMatchObject({ state, errorCode, error: said, outcome: undefined, durationMs: undefined });
  });

  it('tells an adapter’s failures as a client is told of them', () => {
    const explain = (): SraasError => new SraasError('ENGINE_UNAVAILABLE', 'It is away.');
    const { record } = new Recorder({ logBytes: 0, explain }).entryOf({
      ...common(),
      error: new Error('ECONNREFUSED'),
    });
    expect(record).toMatchObject({ errorCode: 'ENGINE_UNAVAILABLE', error: 'It is away.' });
  });
});

describe('what is kept of the bytes', () => {
  it.each([
    ['none', 'ok', false],
    ['none', 'timeout', false],
    ['failures', 'ok', false],
    ['failures', 'timeout', true],
    ['all', 'ok', true],
    ['all', 'timeout', true],
  ] as const)('history %s after %s: event and result %j', (history, outcome, kept) => {
    const { payload } = recorder.entryOf(replied(outcome, { history }));
    expect(payload.envelope?.toString()).toBe(kept ? '{"version":"v1"}' : undefined);
    expect(payload.result?.toString()).toBe(kept && outcome === 'ok' ? '1' : undefined);
  });

  it('is the event when the platform failed, but not when it refused for want of room', () => {
    const error = new SraasError('ENGINE_UNAVAILABLE', 'It is away.');
    expect(recorder.entryOf({ ...common(), error }).payload.envelope).toBeDefined();
    const refusal = new SraasError('QUEUE_TIMEOUT', 'No sandbox became free.');
    expect(recorder.entryOf({ ...common('all'), error: refusal }).payload.envelope).toBeUndefined();
  });

  it.each([
    ['', undefined, false],
    ['0123456789', '0123456789', false],
    ['0123456789a', '0123456789\n[logs cut here: 1 more bytes]\n', true],
    ['12345678éé', '12345678é\n[logs cut here: 2 more bytes]\n', true],
  ])('are the logs, cut at the limit: %j', (logs, kept, isCut) => {
    const { record, payload } = recorder.entryOf(replied('ok', { logs, history: 'none' }));
    expect(payload.logs?.toString()).toBe(kept);
    expect(record.logsTruncated).toBe(isCut);
  });

  it('are no logs where the limit is none', () => {
    const { payload } = new Recorder({ logBytes: 0, explain: () => undefined }).entryOf(replied('ok', { logs: 'x' }));
    expect(payload.logs).toBeUndefined();
  });
});
