import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeKept, encodeKept } from '../../../src/idempotency/answer.ts';
import { removeExpiredKeys } from '../../../src/idempotency/expired-keys.ts';
import { fingerprintOf } from '../../../src/idempotency/fingerprint.ts';
import { parseIdempotencyKey } from '../../../src/idempotency/idempotency-key.ts';

describe('the header Idempotency-Key', () => {
  it.each([['a'], ['8e03978e-40d5-43e8-bc93-6894a57f9324'], ['"quoted"'], ['~'.repeat(255)]])('may be %s', (header) => {
    expect(parseIdempotencyKey(header)).toBe(header);
  });

  it('need not be there', () => {
    expect(parseIdempotencyKey(undefined)).toBeUndefined();
  });

  it.each([[''], ['a b'], ['a, a'], ['~'.repeat(256)], ['é'], ['a\0'], ['a\nb'], [['a', 'b']]])(
    'cannot be %j',
    (header) => {
      expect(() => parseIdempotencyKey(header)).toThrow(expect.objectContaining({ code: 'INVALID_IDEMPOTENCY_KEY' }));
    },
  );
});

describe('a fingerprint', () => {
  const request = { method: 'POST', target: '/run', body: Buffer.from('{}') };

  it('is the same for the same request only', () => {
    expect(fingerprintOf({ ...request, body: new Uint8Array(request.body) })).toBe(fingerprintOf(request));
    const others = [
      { ...request, method: 'PUT' },
      { ...request, target: '/run?mode=async' },
      { ...request, body: Buffer.from('{} ') },
      // What would run together without lengths.
      { ...request, method: 'POST/', target: 'run' },
      { ...request, target: '/run{', body: Buffer.from('}') },
    ];
    expect(new Set([request, ...others].map(fingerprintOf)).size).toBe(others.length + 1);
  });
});

describe('a kept answer', () => {
  it('comes back as it was, whatever bytes it has', () => {
    const answers = fc.record({
      status: fc.integer({ min: 200, max: 299 }),
      headers: fc.dictionary(fc.string(), fc.string()).map((headers) => ({ ...headers })),
      body: fc.uint8Array(),
    });
    fc.assert(
      fc.property(answers, (answer) => {
        const decoded = decodeKept(encodeKept({ kind: 'answer', answer }));
        expect(decoded).toEqual({ kind: 'answer', answer: { ...answer, body: Buffer.from(answer.body) } });
      }),
    );
  });
});

describe('keys whose time is over', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are removed in batches until none is left, and never after the close', async () => {
    const prune = vi.fn().mockResolvedValueOnce(500).mockResolvedValueOnce(501).mockResolvedValue(3);
    const clock = (): Date => new Date(7);
    const end = removeExpiredKeys({ store: { prune }, clock, everyMs: 1000, onFailure: vi.fn() });
    await vi.advanceTimersByTimeAsync(1000);
    expect(prune.mock.calls).toEqual(Array.from({ length: 3 }, () => [new Date(7), 500]));
    await end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(prune).toHaveBeenCalledTimes(3);
  });

  it('are left alone after the batch during which it was closed', async () => {
    const prune = vi.fn().mockResolvedValue(500);
    prune.mockImplementationOnce(() => {
      void end();
      return Promise.resolve(500);
    });
    const end = removeExpiredKeys({ store: { prune }, clock: () => new Date(), everyMs: 1000, onFailure: vi.fn() });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(prune).toHaveBeenCalledTimes(1);
  });

  it('stay, and an operator is told, when the store fails', async () => {
    const error = new Error('away');
    const onFailure = vi.fn();
    const store = { prune: () => Promise.reject(error) };
    const end = removeExpiredKeys({ store, clock: () => new Date(), everyMs: 1000, onFailure });
    await vi.advanceTimersByTimeAsync(1000);
    expect(onFailure).toHaveBeenCalledWith(expect.any(String), error);
    await end();
  });
});
