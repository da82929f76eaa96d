import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import type { InvocationRequest, Invoker } from '../../../src/invocations/invoker.ts';
import type { Reply } from '../../../src/invocations/reply.ts';
import { CallsAtServer } from '../../../src/workers/calls-at-server.ts';
import type { ServerCalls } from '../../../src/workers/calls.ts';
import { Link } from '../../../src/workers/link.ts';
import { WorkerInvoker } from '../../../src/workers/worker-invoker.ts';
import { linkedPorts } from './linked-ports.ts';

type Invoke = Invoker['invoke'];

const replyBy = (who: string, { invocationId, envelope }: InvocationRequest): Reply =>
  ({ invocationId, logs: who, verdict: { outcome: 'ok', result: Buffer.from(envelope) } }) as Reply;

/** A worker that serves what begins with "mine", and its server, with a link between the two. */
function pair(atServer: Invoke) {
  const [here, there] = linkedPorts();
  const calls = new CallsAtServer({
    invoker: { invoke: atServer },
    explain: (error) => (error instanceof RangeError ? new SraasError('ENGINE_UNAVAILABLE', error.message) : undefined),
  });
  new Link(there, {
    invoke: (reference: string, call: Parameters<ServerCalls['invoke']>[1]) => calls.invoke(reference, call),
    leaveCall: (id: string, why: string) => {
      calls.leave(id, why);
      return Promise.resolve();
    },
  });
  const invoker = new WorkerInvoker({
    invoker: { invoke: (_reference, request) => Promise.resolve(replyBy('worker', request)) },
    isServed: (reference) => Promise.resolve(reference.startsWith('mine')),
    server: new Link<ServerCalls>(here, {}),
  });
  return { invoker, calls };
}

const request = (signal: AbortSignal = new AbortController().signal): InvocationRequest => ({
  invocationId: 'i-1',
  envelope: Buffer.from('{"version":"v1"}'),
  signal,
});

/** Runs until nobody waits any more. */
const untilLeft: Invoke = (_reference, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason);
    });
  });

describe('a sync call that comes to a worker', () => {
  it('runs there, or at the server where it is the server’s to run, with the same bytes', async () => {
    const { invoker } = pair((_reference, call) => Promise.resolve(replyBy('server', call)));
    const mine = await invoker.invoke('mine', request());
    const others = await invoker.invoke('others', request());
    expect([mine.logs, others.logs]).toStrictEqual(['worker', 'server']);
    expect(Buffer.from(others.verdict.result ?? '').toString()).toBe('{"version":"v1"}');
  });

  it('is told by the server why it did not run', async () => {
    const { invoker } = pair(() => Promise.reject(new SraasError('FUNCTION_NOT_FOUND', 'There is no such function.')));
    await expect(invoker.invoke('others', request())).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    const { invoker: engineless } = pair(() => Promise.reject(new RangeError('the engine is away')));
    await expect(engineless.invoke('others', request())).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  });

  it('ends at the server when its client leaves', async () => {
    const { invoker } = pair(untilLeft);
    const client = new AbortController();
    const call = invoker.invoke('others', request(client.signal));
    client.abort(new SraasError('INVOCATION_CANCELLED', 'The client has gone.'));
    await expect(call).rejects.toMatchObject({ code: 'INVOCATION_CANCELLED', message: 'The client has gone.' });
  });

  it('ends at the server when the worker dies', async () => {
    let began: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      began = resolve;
    });
    const { invoker, calls } = pair((...given) => {
      began();
      return untilLeft(...given);
    });
    const call = invoker.invoke('others', request());
    const ended = expect(call).rejects.toMatchObject({ code: 'INVOCATION_CANCELLED' });
    await begun;
    calls.leaveAll();
    await ended;
  });
});
