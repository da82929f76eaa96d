import { describe, expect, it } from 'vitest';
import { EngineError, type EngineErrorCode } from '../../../src/engine/engine-error.ts';
import { explainEngineError } from '../../../src/engine/explain-engine-error.ts';

describe('what a client is told of a failure of the engine', () => {
  it.each<[engineCode: EngineErrorCode, code: string]>([
    ['unreachable', 'ENGINE_UNAVAILABLE'],
    ['permission_denied', 'ENGINE_UNAVAILABLE'],
    ['timeout', 'ENGINE_UNAVAILABLE'],
    ['image_not_found', 'SANDBOX_START_FAILED'],
    ['container_not_found', 'SANDBOX_START_FAILED'],
    ['conflict', 'SANDBOX_START_FAILED'],
    ['build_failed', 'SANDBOX_START_FAILED'],
    ['refused', 'SANDBOX_START_FAILED'],
  ])('for %s is %s, with when to come again, and nothing in the engine’s words', (engineCode, code) => {
    const cause = new EngineError(engineCode, 'secret /var/lib/docker');
    const told = explainEngineError(cause);
    expect(told).toMatchObject({ code, cause, kind: { status: 503, retryable: true } });
    expect(told.retryAfterSeconds).toBeGreaterThan(0);
    expect(told.message).not.toContain('secret');
  });
});
