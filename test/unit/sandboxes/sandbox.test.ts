import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/engine/engine-error.ts';
import { defaultLimits } from '../../../src/functions/function-policy.ts';
import { classify } from '../../../src/invocations/classify.ts';
import type { LaunchedContainer } from '../../../src/sandboxes/launched-container.ts';
import { type ResourceAccount, unknownUse } from '../../../src/sandboxes/resource-account.ts';
import { Sandbox } from '../../../src/sandboxes/sandbox.ts';
import { scriptedContainer } from './scripted-container.ts';
import { versionWith } from './versions.ts';

it('a second ready frame behind the first is a violation, not a sandbox without an outcome', async () => {
  const { container, channel } = scriptedContainer();
  const sandbox = new Sandbox('s', versionWith(), container);
  const loading = sandbox.load(1000, { environment: {} });
  channel.onFrame({ type: 'ready', loadMs: 1 });
  channel.onFrame({ type: 'ready', loadMs: 1 });
  const { ending } = await loading;
  expect(ending.cause).toBe('violation');
  expect(classify(ending as never, defaultLimits, '').outcome).toBe('protocol_violation');
  expect(sandbox.state).toBe('spent');
});

it('a process that ends right behind its ready frame has exited', async () => {
  const { container, channel } = scriptedContainer();
  const loading = new Sandbox('s', versionWith(), container).load(1000, { environment: {} });
  channel.onFrame({ type: 'ready', loadMs: 1 });
  channel.onClosed(undefined);
  expect((await loading).ending).toEqual({ cause: 'died', phase: 'load', exit: { exitCode: 3, outOfMemory: false } });
});

it('a result is the callers even when the sandbox is lost right behind it, and is the last', async () => {
  const { container, channel } = scriptedContainer();
  const sandbox = new Sandbox('s', versionWith(), container);
  const loading = sandbox.load(1000, { environment: {} });
  channel.onFrame({ type: 'ready', loadMs: 1 });
  await loading;
  const calling = sandbox.invoke({
    invocationId: 'i',
    envelope: Buffer.from('{}'),
    signal: new AbortController().signal,
  });
  channel.onFrame({
    type: 'result',
    id: 'i',
    status: 'ok',
    resultJson: Buffer.from('1'),
    durationMs: 1,
    reusable: true,
  });
  channel.onClosed(undefined);
  expect((await calling).ending).toMatchObject({ cause: 'answered', answer: { status: 'ok' } });
  expect(sandbox.state).toBe('spent');
});

it('a sandbox that goes together with its engine has not exited by itself: the platform lost it', async () => {
  const { container, channel } = scriptedContainer();
  const exit = (): Promise<never> => Promise.reject(new EngineError('unreachable', 'gone'));
  const loading = new Sandbox('s', versionWith(), { ...container, exit }).load(1000, { environment: {} });
  channel.onClosed(undefined);
  expect((await loading).ending).toMatchObject({ cause: 'engine_lost', error: { code: 'ENGINE_UNAVAILABLE' } });
});

it('a sandbox that was killed by an engine on its way out has not exited by itself either', async () => {
  const { container, channel } = scriptedContainer();
  const parts = {
    ...container,
    exit: () => Promise.resolve({ exitCode: 137, outOfMemory: false }),
    wasSeenToEnd: () => Promise.reject(new EngineError('unreachable', 'gone')),
  };
  const loading = new Sandbox('s', versionWith(), parts).load(1000, { environment: {} });
  channel.onClosed(undefined);
  expect((await loading).ending.cause).toBe('engine_lost');
});

it.each([
  [255, false, 'engine_lost'],
  [137, false, 'engine_lost'],
  [255, true, 'died'],
  [137, true, 'died'],
  [3, false, 'died'],
])('a sandbox with exit code %d, whose engine saw its end: %s, has %s', async (exitCode, wasSeen, cause) => {
  const { container, channel } = scriptedContainer();
  const parts = {
    ...container,
    exit: () => Promise.resolve({ exitCode, outOfMemory: false }),
    wasSeenToEnd: () => Promise.resolve(wasSeen),
  };
  const loading = new Sandbox('s', versionWith(), parts).load(1000, { environment: {} });
  channel.onClosed(undefined);
  expect((await loading).ending.cause).toBe(cause);
});

describe('a sandbox whose channel closed, of whose end the engine says nothing yet', () => {
  const silentOnce = (): { readonly exit: LaunchedContainer['exit'] } => {
    let asked = 0;
    return {
      exit: () =>
        asked++ === 0
          ? Promise.reject(new EngineError('timeout', 'it still runs'))
          : Promise.resolve({ exitCode: 3, outOfMemory: false }),
    };
  };
  const withProcesses = (count: number | undefined): Partial<LaunchedContainer> => ({
    account: { processCount: () => count, oomKillCount: () => 0, end: () => unknownUse } as unknown as ResourceAccount,
  });

  it.each([
    ['has no process any more', undefined],
    ['has nothing but its init', 1],
  ])('has exited when it %s: a busy engine is only slow to say so', async (_title, count) => {
    const { container, channel } = scriptedContainer();
    const parts = { ...container, ...silentOnce(), ...withProcesses(count) };
    const loading = new Sandbox('s', versionWith(), parts).load(1000, { environment: {} });
    channel.onClosed(undefined);
    expect((await loading).ending).toEqual({ cause: 'died', phase: 'load', exit: { exitCode: 3, outOfMemory: false } });
  });

  it('plays a trick when its processes run on', async () => {
    const { container, channel } = scriptedContainer();
    const parts = { ...container, ...silentOnce(), ...withProcesses(2) };
    const loading = new Sandbox('s', versionWith(), parts).load(1000, { environment: {} });
    channel.onClosed(undefined);
    expect((await loading).ending.cause).toBe('violation');
  });
});

it('a call that is ended at its deadline has taken its whole time, also when handing it over took long', async () => {
  const { container, channel } = scriptedContainer();
  const sandbox = new Sandbox('s', versionWith({ limits: { timeout_ms: 100 } }), container);
  const loading = sandbox.load(1000, { environment: {} });
  channel.onFrame({ type: 'ready', loadMs: 1 });
  await loading;
  channel.send = () => {
    // As on a machine where others have the processor meanwhile.
    for (const began = performance.now(); performance.now() - began < 60;);
  };
  const call = { invocationId: 'i', envelope: Buffer.from('{}'), signal: new AbortController().signal };
  const { ending, elapsedMs } = await sandbox.invoke(call);
  expect(ending.cause).toBe('deadline');
  expect(elapsedMs).toBeGreaterThanOrEqual(100);
});
