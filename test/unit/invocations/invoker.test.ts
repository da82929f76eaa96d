import { describe, expect, it, vi } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { InFlight } from '../../../src/invocations/in-flight.ts';
import { Invoker, type InvocationRequest } from '../../../src/invocations/invoker.ts';
import { LiveLogs } from '../../../src/invocations/live-logs.ts';
import { LogBuffer } from '../../../src/sandboxes/log-buffer.ts';
import type { Loan } from '../../../src/sandboxes/pools.ts';
import type { Call, Finished } from '../../../src/sandboxes/sandbox.ts';
import { unknownUse } from '../../../src/sandboxes/resource-account.ts';
import { versionWith } from '../sandboxes/versions.ts';
import { patience } from '../../support/patience.ts';

const version = versionWith();
const workload = { version, codeDirectory: '/code' };
const request: InvocationRequest = {
  invocationId: 'i-1',
  envelope: Buffer.from('{"version":"v1"}'),
  signal: new AbortController().signal,
};

function finished(cause: 'answered' | 'cancelled'): Finished {
  const answer = { status: 'ok', result: Buffer.from('1'), durationMs: 1, reusable: true } as const;
  const ending = cause === 'cancelled' ? ({ cause } as const) : ({ cause, answer } as const);
  return { ending, logs: new LogBuffer(100), elapsedMs: 2, use: unknownUse };
}

function invokerOn(invoke: (call: Call) => Promise<Finished>): {
  invoker: Invoker;
  inFlight: InFlight;
  liveLogs: LiveLogs;
  release: ReturnType<typeof vi.fn>;
} {
  const release = vi.fn();
  const sandbox = { invoke, initMs: 0 };
  const loan = { lease: { kind: 'sandbox', sandbox, coldStart: false, queueMs: 0 }, release } as unknown as Loan;
  const inFlight = new InFlight();
  const liveLogs = new LiveLogs({ clock: () => new Date(0) });
  const invoker = new Invoker({
    catalog: { resolve: () => Promise.resolve(version) },
    pools: { borrow: () => Promise.resolve(loan) },
    workloadOf: () => workload,
    inFlight,
    liveLogs,
    onEnded: () => undefined,
  });
  return { invoker, inFlight, liveLogs, release };
}

describe('an invocation that nobody follows', () => {
  it('gives the sandbox nothing to call for its output', async () => {
    const calls: Call[] = [];
    const { invoker } = invokerOn((call) => {
      calls.push(call);
      return Promise.resolve(finished('answered'));
    });
    await invoker.invoke('hello', request);
    expect(calls).toHaveLength(1);
    expect(calls[0]).not.toHaveProperty('onOutput');
  });
});

describe('an invocation that is followed', () => {
  it('is told from begin to end, around what it writes', async () => {
    const { invoker, liveLogs } = invokerOn(({ onOutput }) => {
      onOutput?.(Buffer.from('hello'));
      return Promise.resolve(finished('answered'));
    });
    const follower = liveLogs.follow(version.functionId);
    await invoker.invoke('hello', request);
    liveLogs.close();
    const events: unknown[] = [];
    for await (const event of follower) events.push(event);
    expect(events).toMatchObject([
      { type: 'begin', invocationId: 'i-1' },
      { type: 'log', text: 'hello' },
      { type: 'end', outcome: 'ok', durationMs: 1 },
      { type: 'draining' },
    ]);
  });
});

describe('an invocation that is cancelled', () => {
  it('runs until then, fails with the reason for its caller, and gives its sandbox back', async () => {
    const { invoker, inFlight, release } = invokerOn(
      ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            resolve(finished('cancelled'));
          });
        }),
    );
    const failing = expect(invoker.run(workload, request)).rejects.toMatchObject({ code: 'INVOCATION_CANCELLED' });
    await vi.waitUntil(() => inFlight.list()[0]?.state === 'running', patience);
    await inFlight.cancel('i-1');
    await failing;
    expect(release).toHaveBeenCalledOnce();
    expect(inFlight.count).toBe(0);
  });

  it('keeps the reason that its own caller gave', async () => {
    const caller = new AbortController();
    const { invoker } = invokerOn(() => {
      caller.abort(new SraasError('INVOCATION_CANCELLED', 'The client left.'));
      return Promise.resolve(finished('cancelled'));
    });
    await expect(invoker.run(workload, { ...request, signal: caller.signal })).rejects.toThrow('The client left.');
  });
});
