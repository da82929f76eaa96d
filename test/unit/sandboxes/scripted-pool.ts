import { onTestFinished, vi, type Mock } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { Capacity } from '../../../src/sandboxes/capacity.ts';
import type { Lease } from '../../../src/sandboxes/lease.ts';
import { Pool, type PoolOptions } from '../../../src/sandboxes/pool.ts';
import type { PooledSandbox } from '../../../src/sandboxes/pooled-sandbox.ts';
import type { SandboxState } from '../../../src/sandboxes/sandbox.ts';
import type { Started } from '../../../src/sandboxes/started.ts';
import { ScriptedSandbox } from './scripted-sandbox.ts';
import { versionWith } from './versions.ts';

interface PoolScript extends Partial<Pick<PoolOptions, 'capacity' | 'maxWaiting' | 'maxWaitMs'>> {
  /** In the words of the API. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly removal?: 'at once' | 'when told';
}

export interface ScriptedPool {
  readonly pool: Pool;
  readonly capacity: Capacity;
  readonly onEmpty: Mock;
  /** All sandboxes that came of a start, in order. */
  readonly sandboxes: readonly ScriptedSandbox[];
  /** How many starts are under way. */
  readonly starting: () => number;
  /** How many starts there have been. */
  readonly starts: () => number;
  /** Ends the oldest start that is under way. */
  readonly startEnds: (state?: SandboxState) => Promise<ScriptedSandbox>;
  readonly startFails: (error: Error) => Promise<void>;
  /** A call of a client that stays. */
  readonly call: (signal?: AbortSignal) => Promise<Lease>;
  /** A call and the start that it causes. */
  readonly coldCall: () => Promise<ScriptedSandbox>;
}

/** A real pool whose sandboxes are stand-ins, and whose starts end when the test says. */
export function scriptedPool(script: PoolScript = {}): ScriptedPool {
  const { config, removal = 'at once', capacity = new Capacity(100), maxWaiting = 100, maxWaitMs = 10_000 } = script;
  const version = versionWith(config);
  const pending: { resolve: (started: Started) => void; reject: (error: Error) => void }[] = [];
  const sandboxes: ScriptedSandbox[] = [];
  const onEmpty = vi.fn();
  const start = vi.fn(
    () =>
      new Promise<Started>((resolve, reject) => {
        pending.push({ resolve, reject });
      }),
  );
  const pool = new Pool({
    workload: { version, codeDirectory: '/code' },
    capacity,
    start,
    maxWaiting,
    maxWaitMs,
    onEmpty,
  });
  const oldest = () => {
    const first = pending.shift();
    if (first === undefined) throw new Error('No start is under way');
    return first;
  };
  const startEnds = async (state: SandboxState = 'ready'): Promise<ScriptedSandbox> => {
    const sandbox = new ScriptedSandbox(version, state, removal);
    sandboxes.push(sandbox);
    oldest().resolve(sandbox.started);
    await turn();
    return sandbox;
  };
  onTestFinished(() => {
    void pool.destroy(new SraasError('DRAINING', 'The test is over.'));
  });
  const call = (signal: AbortSignal = new AbortController().signal): Promise<Lease> => {
    const lease = pool.acquire(signal);
    // A call that a test leaves waiting fails with the pool's end, which is nobody's concern.
    lease.catch(() => undefined);
    return lease;
  };
  return {
    pool,
    capacity,
    onEmpty,
    sandboxes,
    starting: () => pending.length,
    starts: () => start.mock.calls.length,
    startEnds,
    startFails: async (error) => {
      oldest().reject(error);
      await turn();
    },
    call,
    coldCall: async () => {
      const lease = call();
      const sandbox = await startEnds();
      await lease;
      return sandbox;
    },
  };
}

/** Lets everything happen that waits for nothing but its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The sandbox of a lease that has one. */
export function sandboxOf(lease: Lease): PooledSandbox {
  if (lease.kind !== 'sandbox') throw new Error(`The lease is ${lease.kind}`);
  return lease.sandbox;
}
