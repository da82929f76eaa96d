import { describe, expect, it, vi } from 'vitest';
import type { StagedArtifact } from '../../../src/artifacts/artifact-store.ts';
import { SraasError } from '../../../src/errors.ts';
import { defaultLimits } from '../../../src/functions/function-policy.ts';
import { InFlight } from '../../../src/invocations/in-flight.ts';
import type { ProgramRequest } from '../../../src/programs/program.ts';
import { RunPrograms } from '../../../src/programs/run-programs.ts';
import { LogBuffer } from '../../../src/sandboxes/log-buffer.ts';
import type { Loan } from '../../../src/sandboxes/pools.ts';
import type { ProgramEnd } from '../../../src/sandboxes/ready-program.ts';
import { unknownUse } from '../../../src/sandboxes/resource-account.ts';
import type { Call, Finished } from '../../../src/sandboxes/sandbox.ts';
import type { Workload } from '../../../src/sandboxes/workload.ts';
import { patience } from '../../support/patience.ts';

const request: ProgramRequest = {
  id: 'i-1',
  runtime: 'python3.13',
  command: ['python3', 'main.py'],
  arguments: ['a'],
  files: [],
  stdin: Buffer.from('in'),
  environment: { A: 'b' },
  limits: defaultLimits,
  network: 'none',
  signal: new AbortController().signal,
};

function endBy(ending: ProgramEnd['ending'], stderrText = ''): Finished {
  const [stdout, stderr] = [new LogBuffer(100), new LogBuffer(100)];
  stdout.append(Buffer.from('out'));
  stderr.append(Buffer.from(stderrText));
  const program = { ending, stdout, stderr, elapsedMs: 5, use: unknownUse };
  return { ...program, logs: stderr, program };
}

const exit = (exitCode: number, outOfMemory = false): ProgramEnd['ending'] => ({
  cause: 'died',
  phase: 'call',
  exit: { exitCode, outOfMemory },
});

/** Pools whose one sandbox does what the test says: no real one is lost with its engine on demand. */
function runningOn(invoke: (call: Call) => Promise<Finished>) {
  const [release, retire, discard] = [vi.fn(), vi.fn(), vi.fn(() => Promise.resolve())];
  const workloads: Workload[] = [];
  const inFlight = new InFlight();
  const staged = { hash: 'abc', sizeBytes: 1, directory: '/staged', discard } as unknown as StagedArtifact;
  const runtimes = new Map([
    ['python3.13', { language: 'python' }],
    ['perl', { language: undefined }],
  ] as const);
  const programs = new RunPrograms({
    artifacts: { stage: () => Promise.resolve(staged) },
    runtimes: {
      find: (name) => runtimes.get(name as 'perl'),
      list: () => [...runtimes.keys()].map((name) => ({ name })),
    },
    inFlight,
    pools: {
      borrow: (workload, signal) => {
        workloads.push(workload);
        if (signal.aborted) return Promise.reject(signal.reason);
        const sandbox = { invoke, initMs: 0 };
        return Promise.resolve({
          lease: { kind: 'sandbox', sandbox, coldStart: true, queueMs: 0 },
          release,
        } as unknown as Loan);
      },
      retire,
    },
  });
  return { programs, inFlight, workloads, release, retire, discard };
}

describe('running a program', () => {
  it('borrows a sandbox for it alone, and gives all back', async () => {
    const { programs, workloads, release, retire, discard, inFlight } = runningOn(() =>
      Promise.resolve(endBy(exit(0))),
    );
    const result = await programs.run(request);
    expect(result).toMatchObject({ ended: 'exited', exitCode: 0, signal: undefined, durationMs: 5 });
    expect(result.stdout).toEqual({ bytes: Buffer.from('out'), isCut: false });
    expect(workloads).toMatchObject([
      {
        codeDirectory: '/staged',
        version: { config: { runtime: 'python3.13', isolation: 'fresh' }, entry: undefined },
        program: {
          command: ['python3', 'main.py'],
          arguments: ['a'],
          environment: { A: 'b' },
          input: { timeoutMs: 10_000, maxStdoutBytes: 6_000_000, maxStderrBytes: 1_000_000 },
        },
      },
    ]);
    const [workload] = workloads;
    expect(retire).toHaveBeenCalledExactlyOnceWith(workload?.version.functionId);
    expect(release).toHaveBeenCalledOnce();
    expect(discard).toHaveBeenCalledOnce();
    expect(inFlight.count).toBe(0);
  });

  it.each([
    ['an exit code', exit(3), '', { ended: 'exited', exitCode: 3 }],
    ['its time limit', { cause: 'deadline', phase: 'call', limitMs: 1 } as const, '', { ended: 'timeout' }],
    ['want of memory', exit(137, true), '', { ended: 'out_of_memory', exitCode: 137 }],
    ['a full heap', exit(134), 'FATAL ERROR: JavaScript heap out of memory', { ended: 'out_of_memory' }],
    ['an abort of its own', exit(134), 'heap', { ended: 'exited', exitCode: 134 }],
    ['somebody who removed it', { cause: 'died', phase: 'call', exit: undefined } as const, '', { ended: 'exited' }],
  ])('tells the end by %s', async (_what, ending, stderrText, expected) => {
    const { programs } = runningOn(() => Promise.resolve(endBy(ending, stderrText)));
    expect(await programs.run(request)).toMatchObject(expected);
  });

  it('is cancelled by its id, with what it wrote and the reason in the result', async () => {
    const { programs, inFlight, release } = runningOn(
      ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            resolve(endBy({ cause: 'cancelled' }));
          });
        }),
    );
    const running = programs.run(request);
    await vi.waitUntil(() => inFlight.list()[0]?.state === 'running', patience);
    expect(inFlight.find('i-1')).toMatchObject({ functionName: 'run' });
    const [result] = await Promise.all([running, inFlight.cancel('i-1')]);
    expect(result).toMatchObject({ ended: 'cancelled', cancelledBecause: { code: 'INVOCATION_CANCELLED' } });
    expect(result.stdout.bytes.toString()).toBe('out');
    expect(release).toHaveBeenCalledOnce();
  });

  it.each([
    ['the reason that is told', new SraasError('DRAINING', 'The server goes.'), 'DRAINING'],
    ['a reason of its own', new Error('away'), 'INVOCATION_CANCELLED'],
  ])('fails by %s when it was no longer wanted before it began', async (_what, reason, code) => {
    const { programs, discard } = runningOn(() => Promise.resolve(endBy(exit(0))));
    await expect(programs.run({ ...request, signal: AbortSignal.abort(reason) })).rejects.toMatchObject({ code });
    expect(discard).toHaveBeenCalledOnce();
  });

  it('fails with the engine that was lost over it', async () => {
    const error = new SraasError('ENGINE_UNAVAILABLE', 'gone');
    const { programs, release, retire } = runningOn(() => Promise.resolve(endBy({ cause: 'engine_lost', error })));
    await expect(programs.run(request)).rejects.toBe(error);
    expect(release).toHaveBeenCalledOnce();
    expect(retire).toHaveBeenCalledOnce();
  });

  it.each([
    ['a runtime that there is not', { runtime: 'cobol' }, 'RUNTIME_NOT_FOUND'],
    ['a deployed function’s own Dockerfile', { runtime: 'dockerfile' }, 'INVALID_CONFIG'],
    ['nothing to run in a runtime without a program', { command: [] }, 'INVALID_CONFIG'],
  ])('refuses %s', async (_what, wrong, code) => {
    const { programs, workloads } = runningOn(() => Promise.resolve(endBy(exit(0))));
    await expect(programs.run({ ...request, ...wrong })).rejects.toMatchObject({ code });
    expect(workloads).toEqual([]);
  });

  it('takes the image’s own program where there is one', async () => {
    const { programs, workloads } = runningOn(() => Promise.resolve(endBy(exit(0))));
    await programs.run({ ...request, runtime: 'perl', command: [] });
    expect(workloads).toMatchObject([{ program: { command: [], arguments: ['a'] } }]);
  });

  it('takes nothing once the server drains', async () => {
    const { programs, inFlight } = runningOn(() => Promise.resolve(endBy(exit(0))));
    await inFlight.drain(1000);
    await expect(programs.run(request)).rejects.toMatchObject({ code: 'DRAINING' });
  });
});
