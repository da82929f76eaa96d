import { describe, expect, it } from 'vitest';
import { LogBuffer } from '../../../src/sandboxes/log-buffer.ts';
import type { ProgramEnd, ProgramInput } from '../../../src/sandboxes/ready-program.ts';
import { eventIntoProgram, ProgramSandbox } from '../../../src/sandboxes/program-sandbox.ts';
import { unknownUse } from '../../../src/sandboxes/resource-account.ts';
import { versionWith } from './versions.ts';

/** A container whose program ends when the test says, or when it is no longer wanted. */
class ScriptedProgram {
  input: ProgramInput | undefined;
  releases = 0;
  #resolve: (end: ProgramEnd) => void = () => undefined;

  readonly run = (input: ProgramInput): Promise<ProgramEnd> => {
    this.input = input;
    return new Promise((resolve) => {
      this.#resolve = resolve;
      input.signal?.addEventListener('abort', () => {
        this.ends('cancelled');
      });
    });
  };

  readonly release = (): Promise<void> => {
    this.releases++;
    return Promise.resolve();
  };

  ends(cause: 'died' | 'cancelled'): ProgramEnd {
    const [stdout, stderr] = [new LogBuffer(100), new LogBuffer(100)];
    stderr.append(Buffer.from('logged'));
    const exit = { exitCode: 0, outOfMemory: false };
    const ending = cause === 'died' ? ({ cause, phase: 'call', exit } as const) : ({ cause } as const);
    const end = { ending, stdout, stderr, elapsedMs: 5, use: unknownUse };
    this.#resolve(end);
    return end;
  }
}

const limits = { timeout_ms: 1234, result_bytes: 50, log_bytes: 60 };

function sandboxWith(program: ScriptedProgram): ProgramSandbox {
  return new ProgramSandbox('s-1', program, 7, eventIntoProgram(versionWith({ limits })));
}

const call = (envelope: object, signal = new AbortController().signal) => ({
  invocationId: 'i-1',
  envelope: Buffer.from(JSON.stringify(envelope)),
  signal,
});

describe('the sandbox of a program', () => {
  it('gives it the event alone, under the limits of its version, and is spent with that one call', async () => {
    const program = new ScriptedProgram();
    const sandbox = sandboxWith(program);
    expect([sandbox.state, sandbox.initMs, sandbox.isPaused]).toEqual(['ready', 7, false]);
    const running = sandbox.invoke(call({ version: 'v1', event: { a: ['ä'] }, context: { b: 2 } }));
    expect(sandbox.state).toBe('busy');
    expect(Buffer.from(program.input?.stdin ?? []).toString()).toBe('{"a":["ä"]}');
    expect(program.input).toMatchObject({ timeoutMs: 1234, maxStdoutBytes: 50, maxStderrBytes: 60 });
    const end = program.ends('died');
    const finished = await running;
    expect(finished).toMatchObject({ ending: end.ending, elapsedMs: 5, program: end });
    expect(finished.logs.text()).toBe('logged');
    expect(sandbox.state).toBe('spent');
    await expect(sandbox.invoke(call({}))).rejects.toThrow('is spent, not ready');
  });

  it('gives it an empty object where there is no event', async () => {
    const program = new ScriptedProgram();
    const running = sandboxWith(program).invoke(call({ version: 'v1' }));
    expect(Buffer.from(program.input?.stdin ?? []).toString()).toBe('{}');
    program.ends('died');
    await running;
  });

  it('ends it when the call is cancelled, and when it is destroyed, and is released once', async () => {
    const cancelled = new ScriptedProgram();
    const caller = new AbortController();
    const running = sandboxWith(cancelled).invoke(call({}, caller.signal));
    caller.abort();
    expect((await running).ending).toEqual({ cause: 'cancelled' });

    const destroyed = new ScriptedProgram();
    const sandbox = sandboxWith(destroyed);
    const interrupted = sandbox.invoke(call({}));
    await Promise.all([sandbox.destroy(), sandbox.destroy()]);
    expect((await interrupted).ending).toEqual({ cause: 'cancelled' });
    expect([destroyed.releases, sandbox.state]).toEqual([1, 'gone']);
  });

  it('is of use until it has been called, and of none when it is gone', async () => {
    const sandbox = sandboxWith(new ScriptedProgram());
    sandbox.pause();
    expect(await sandbox.wake()).toBe(true);
    await sandbox.destroy();
    expect(await sandbox.wake()).toBe(false);
  });
});
