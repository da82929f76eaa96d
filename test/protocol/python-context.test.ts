import { describe, expect, test } from 'vitest';
import { pythonPrograms, pythonShim } from './python-shim.ts';
import { ShimProcess } from './shim-process.ts';
import { resultOf } from './result-of.ts';

interface Report {
  readonly members: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly got: readonly unknown[];
  readonly missing: boolean;
  readonly remaining: readonly number[];
}

async function report(program: string, context: object, remainingMs: number): Promise<Report> {
  await using shim = await ShimProcess.start(pythonShim(program));
  await shim.load('reports-context.py');
  const ended = await shim.invoke({ event: 1, context }, { id: 'i-7', deadline_ms: 1234, remaining_ms: remainingMs });
  return resultOf(ended) as Report;
}

describe.each(pythonPrograms)('the context on %s', (program) => {
  test("is a dict of the caller's members and ours, which win", async () => {
    const { members, got } = await report(program, { user: 'u1', request_id: 'forged', deadline_ms: 0 }, 5000);
    expect(members).toEqual({
      user: 'u1',
      request_id: 'i-7',
      invocation_id: 'i-7',
      attempt: 1,
      function_name: 'greeter',
      function_version: 3,
      memory_limit_mb: 256,
      deadline_ms: 1234,
    });
    expect(got).toEqual(['u1', 'default', true, true]);
  });

  test('has the attributes that Lambda handlers expect, and every member as an attribute', async () => {
    const forged = { user: 'u1', aws_request_id: 'forged', get_remaining_time_in_millis: 'forged' };
    const { attributes, missing, remaining } = await report(program, forged, 5000);
    expect(attributes).toEqual({
      aws_request_id: 'i-7',
      function_name: 'greeter',
      function_version: 3,
      memory_limit_in_mb: '256',
      invoked_function_arn: 'arn:sraas:lambda:local:000000000000:function:greeter:3',
      log_group_name: '/sraas/greeter',
      log_stream_name: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[3\]\w+$/) as unknown,
      identity: null,
      client_context: null,
      user: 'u1',
    });
    expect(missing).toBe(false);
    for (const remainingMs of remaining) {
      expect(remainingMs).toBeGreaterThan(0);
      expect(remainingMs).toBeLessThanOrEqual(5000);
    }
  });

  test('says that no time is left after the deadline', async () => {
    expect((await report(program, { user: 'u1' }, 0)).remaining).toEqual([0, 0]);
  });

  test('measures the time of the handler', async () => {
    await using shim = await ShimProcess.start(pythonShim(program));
    await shim.load('answers-later.py');
    const ended = await shim.invoke({ event: 1 });
    const durationMs = ended.type === 'result' ? ended.durationMs : Number.NaN;
    expect(durationMs).toBeGreaterThan(4);
    expect(Math.round(durationMs * 1000) / 1000).toBe(durationMs);
  });
});
