import { describe, expect, it } from 'vitest';
import { nextStep, type AttemptFacts } from '../../../src/async/next-step.ts';
import { SraasError, type ErrorCode } from '../../../src/errors.ts';
import type { Outcome } from '../../../src/wire/outcome.ts';
import { replyWith } from './replies.ts';

const now = new Date('2026-03-01T00:00:00.000Z');
const facts: AttemptFacts = {
  attempt: 1,
  maxAttempts: 3,
  expiresAt: new Date('2026-03-01T01:00:00.000Z'),
  deferrals: 0,
  now,
  random: () => 0,
};
const policy = { firstDelayMs: 10_000 };
const replied = (outcome: Outcome) => ({ reply: replyWith(outcome) });
const broke = (code: ErrorCode, retryAfterSeconds?: number) => ({
  error: new SraasError(code, 'It did not run.', retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});

describe('after an attempt', () => {
  it('an invocation has succeeded when its outcome is ok', () => {
    expect(nextStep(replied('ok'), facts, policy)).toEqual({ state: 'succeeded' });
  });

  it.each(['handler_error', 'load_error', 'bad_result', 'timeout', 'out_of_memory', 'exited'] as const)(
    'it waits for the next one when it ended with %s',
    (outcome) => {
      expect(nextStep(replied(outcome), facts, policy)).toEqual({
        state: 'queued',
        dueAt: new Date('2026-03-01T00:00:05.000Z'),
        consumed: true,
      });
    },
  );

  it('it is dead when that was the last one', () => {
    expect(nextStep(replied('timeout'), { ...facts, attempt: 3 }, policy)).toEqual({ state: 'dead' });
  });

  it('it is dead when the next one would come after its time', () => {
    const soon = { ...facts, expiresAt: new Date('2026-03-01T00:00:05.000Z') };
    expect(nextStep(replied('timeout'), soon, policy)).toEqual({ state: 'dead' });
    expect(nextStep(broke('ENGINE_UNAVAILABLE', 30), soon, policy)).toEqual({ state: 'dead' });
  });

  it.each(['QUEUE_FULL', 'QUEUE_TIMEOUT', 'ENGINE_UNAVAILABLE', 'SANDBOX_START_FAILED', 'RUNTIME_NOT_READY'] as const)(
    '%s costs no attempt, not even the last one',
    (code) => {
      expect(nextStep(broke(code), { ...facts, attempt: 3 }, policy)).toEqual({
        state: 'queued',
        dueAt: new Date('2026-03-01T00:00:00.500Z'),
        consumed: false,
      });
    },
  );

  it('it is not tried again before the platform said it may be', () => {
    expect(nextStep(broke('QUEUE_FULL', 7), facts, policy)).toMatchObject({ dueAt: new Date('2026-03-01T00:00:07Z') });
  });

  it('it waits longer each time the platform could not run it', () => {
    expect(nextStep(broke('ENGINE_UNAVAILABLE'), { ...facts, deferrals: 3 }, policy)).toMatchObject({
      dueAt: new Date('2026-03-01T00:00:04.000Z'),
    });
  });

  it('it is due at once, at no cost, when the server shuts down', () => {
    expect(nextStep(broke('DRAINING', 5), facts, policy)).toEqual({ state: 'queued', dueAt: now, consumed: false });
  });

  it.each(['FUNCTION_NOT_FOUND', 'VERSION_NOT_FOUND', 'INVOCATION_CANCELLED'] as const)(
    'it is cancelled by %s',
    (code) => {
      expect(nextStep(broke(code), facts, policy)).toEqual({ state: 'cancelled' });
    },
  );

  it('it counts as an attempt when the function asks for what it may not have', () => {
    expect(nextStep(broke('NETWORK_NOT_ALLOWED'), facts, policy)).toMatchObject({ state: 'queued', consumed: true });
    expect(nextStep(broke('NETWORK_NOT_ALLOWED'), { ...facts, attempt: 3 }, policy)).toEqual({ state: 'dead' });
  });
});
