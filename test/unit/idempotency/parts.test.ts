import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { decodeKept, encodeKept } from '../../../src/idempotency/answer.ts';
import { ExpiredKeys } from '../../../src/idempotency/expired-keys.ts';
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
  it('are removed in batches until none is left, and never after the close', async () => {
    const prune = vi.fn().mockResolvedValueOnce(500).mockResolvedValueOnce(501).mockResolvedValue(3);
    const expired = new ExpiredKeys({ store: { prune }, clock: () => new Date(7), everyMs: 1000, onFailure: vi.fn() });
    await expired.prune();
    expect(prune.mock.calls).toEqual(Array.from({ length: 3 }, () => [new Date(7), 500]));
    await expired.close();
    await expired.prune();
    expect(prune).toHaveBeenCalledTimes(3);
  });

  it('stay, and an operator is told, when the store fails', async () => {
    const error = new Error('away');
    const onFailure = vi.fn();
    const store = { prune: () => Promise.reject(error) };
    await new ExpiredKeys({ store, clock: () => new Date(), everyMs: 1000, onFailure }).prune();
    expect(onFailure).toHaveBeenCalledWith(expect.any(String), error);
  });
});
