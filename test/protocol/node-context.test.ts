import { describe, expect, test } from 'vitest';
import { bundledNodeShim, nodePrograms } from './node-shim.ts';
import { resultOf } from './result-of.ts';
import { ShimProcess } from './shim-process.ts';

interface Report {
  readonly members: Readonly<Record<string, unknown>>;
  readonly remaining: readonly number[];
  readonly inherited: readonly unknown[];
  readonly parameters: readonly unknown[];
}

const bundle = bundledNodeShim();

describe.each(nodePrograms)('the context on %s', (program) => {
  test("carries the caller's members and ours, which win", async () => {
    await using shim = await ShimProcess.start(bundle.command(program));
    await shim.load('reports-context.mjs');
    const context = { user: 'u1', request_id: 'forged', signal: 'forged', awsRequestId: 'forged' };
    const ended = await shim.invoke({ event: 1, context }, { id: 'i-7', deadline_ms: 1234, remaining_ms: 5000 });
    const report = resultOf(ended) as Report;
    expect(report.members).toEqual({
      user: 'u1',
      request_id: 'i-7',
      invocation_id: 'i-7',
      attempt: 1,
      function_name: 'greeter',
      function_version: 3,
      memory_limit_mb: 256,
      deadline_ms: 1234,
      get_remaining_time_ms: 'function',
      signal: 'signal',
      awsRequestId: 'i-7',
      functionName: 'greeter',
      functionVersion: '3',
      memoryLimitInMB: '256',
      invokedFunctionArn: 'arn:sraas:lambda:local:000000000000:function:greeter:3',
      logGroupName: '/sraas/greeter',
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[3\]\w+$/) as unknown,
      getRemainingTimeInMillis: 'function',
      callbackWaitsForEmptyEventLoop: false,
    });
    expect(report.parameters).toEqual([1, 'undefined']);
    for (const remaining of report.remaining) {
      expect(remaining).toBeGreaterThan(0);
      expect(remaining).toBeLessThanOrEqual(5000);
    }
  });

  test('keeps a member named __proto__ inert', async () => {
    await using shim = await ShimProcess.start(bundle.command(program));
    await shim.load('reports-context.mjs');
    const context: unknown = JSON.parse('{"__proto__":{"admin":true}}');
    const report = resultOf(await shim.invoke({ event: 1, context })) as Report;
    expect(report.inherited).toEqual([null, null]);
  });

  test('says that no time is left after the deadline', async () => {
    await using shim = await ShimProcess.start(bundle.command(program));
    await shim.load('reports-context.mjs');
    const report = resultOf(await shim.invoke({ event: 1 }, { remaining_ms: 0 })) as Report;
    expect(report.remaining).toEqual([0, 0]);
  });

  test('fires its signal shortly before the deadline', async () => {
    await using shim = await ShimProcess.start(bundle.command(program));
    await shim.load('waits-for-signal.mjs');
    const ended = resultOf(await shim.invoke({ event: 1 }, { remaining_ms: 1500 })) as {
      remaining: number;
      reason: string;
    };
    expect(ended.reason).toBe('TimeoutError');
    expect(ended.remaining).toBeLessThanOrEqual(100);
  });

  test('does not fire the signal of a call that has ended', async () => {
    await using shim = await ShimProcess.start(bundle.command(program));
    await shim.load('keeps-signal.mjs');
    await shim.invoke({}, { remaining_ms: 20 });
    const ended = await shim.invoke({ event: { waits: true } }, { remaining_ms: 100 });
    expect(ended).toMatchObject({ reusable: true, resultJson: Buffer.from('0') });
  });

  test('measures the time of the handler', async () => {
    await using shim = await ShimProcess.start(bundle.command(program));
    await shim.load('answers-later.mjs');
    const ended = await shim.invoke({ event: 1 });
    const durationMs = ended.type === 'result' ? ended.durationMs : Number.NaN;
    expect(durationMs).toBeGreaterThan(4);
    expect(Math.round(durationMs * 1000) / 1000).toBe(durationMs);
  });
});
