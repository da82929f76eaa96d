import { describe, expect, it } from 'vitest';
import { FrameDecoder, parseHostFrame } from '../../../runtime/protocol.ts';
import { EngineError } from '../../../src/engine/engine-error.ts';
import type { ProgramInput } from '../../../src/sandboxes/ready-program.ts';
import type { ResourceAccount } from '../../../src/sandboxes/resource-account.ts';
import { ShimProgram } from '../../../src/sandboxes/shim-program.ts';
import { scriptedContainer } from './scripted-container.ts';

const plan = { command: ['cat', '-'], environment: { A: 'b' }, memoryBytes: 1000 };
const input: ProgramInput = {
  stdin: Buffer.from('in'),
  timeoutMs: 20_000,
  maxStdoutBytes: 10,
  maxStderrBytes: 10,
};
const exited = (exitCode: number | undefined, signal?: string) =>
  ({ type: 'exited', exitCode, signal, durationMs: 0 }) as const;
const output = (stream: 'stdout' | 'stderr', text: string) =>
  ({ type: 'output', stream, bytes: Buffer.from(text) }) as const;

/** An account that the kernel's killer has been in. */
const withKills = (count: number, processes = 1): ResourceAccount =>
  ({
    begin: () => undefined,
    end: () => ({ maxMemoryBytes: 5, cpuMs: 1 }),
    oomKillCount: () => count,
    processCount: () => processes,
  }) as unknown as ResourceAccount;

describe('a program behind a shim', () => {
  it('is sent with all that it needs, and told of when it begins', async () => {
    const { container, channel, sent } = scriptedContainer();
    let begins = 0;
    const running = new ShimProgram(container, plan).run({ ...input, onStarted: () => begins++ });
    const [frame] = new FrameDecoder({ maxFrameBytes: 10_000 }).push(Buffer.concat(sent));
    expect(frame && parseHostFrame(frame)).toEqual({
      type: 'program',
      command: ['cat', '-'],
      env: { A: 'b' },
      directory: '/function',
      stdin: Buffer.from('in'),
    });
    expect(begins).toBe(1);
    channel.onFrame(exited(0));
    await running;
  });

  it('ends with its streams apart, each up to its cap, of which all is told', async () => {
    const { container, channel, done } = scriptedContainer();
    const told: string[] = [];
    const running = new ShimProgram(container, plan).run({
      ...input,
      onStdout: (piece) => told.push(`out ${Buffer.from(piece).toString()}`),
      onStderr: (piece) => told.push(`err ${Buffer.from(piece).toString()}`),
    });
    channel.onFrame(output('stdout', '12345678'));
    channel.onFrame(output('stderr', 'wrong'));
    channel.onFrame(output('stdout', '90123'));
    channel.onFrame(exited(7));
    const { ending, signal, stdout, stderr } = await running;
    expect(ending).toEqual({ cause: 'died', phase: 'call', exit: { exitCode: 7, outOfMemory: false } });
    expect(signal).toBeUndefined();
    expect([stdout.bytes().toString(), stdout.droppedBytes]).toEqual(['1234567890', 3]);
    expect([stderr.bytes().toString(), stderr.droppedBytes]).toEqual(['wrong', 0]);
    expect(told).toEqual(['out 12345678', 'err wrong', 'out 90123']);
    expect(done).toEqual([]);
  });

  it('waits for who is told of its output', async () => {
    const { container, channel, done } = scriptedContainer();
    let onRoom: () => void = () => undefined;
    const room = new Promise<void>((resolve) => {
      onRoom = resolve;
    });
    const rooms = [undefined, room];
    const running = new ShimProgram(container, plan).run({ ...input, untilRoom: () => rooms.shift() });
    channel.onFrame(output('stdout', '1'));
    expect(done).toEqual([]);
    channel.onFrame(output('stdout', '2'));
    expect(done).toEqual(['channel paused']);
    onRoom();
    await room;
    expect(done).toEqual(['channel paused', 'channel resumed']);
    channel.onFrame(exited(0));
    await running;
  });

  it('ends by a signal with its name, and the exit code that shells give it', async () => {
    const { container, channel } = scriptedContainer();
    const running = new ShimProgram(container, plan).run(input);
    channel.onFrame(exited(undefined, 'SIGSEGV'));
    expect(await running).toMatchObject({ signal: 'SIGSEGV', ending: { exit: { exitCode: 139 } } });
  });

  it.each([
    ['by the signal of the killer', exited(undefined, 'SIGKILL'), true],
    ['with the exit code of a shell whose program was killed', exited(137), true],
    ['in another way', exited(1), false],
  ])('%s, where the kernel killed for memory, has run out of it: %o %s', async (_how, frame, outOfMemory) => {
    const { container, channel } = scriptedContainer({ account: withKills(1) });
    const running = new ShimProgram(container, plan).run(input);
    channel.onFrame(frame);
    expect(await running).toMatchObject({
      ending: { exit: { outOfMemory } },
      use: { maxMemoryBytes: outOfMemory ? 1000 : 5 },
    });
  });

  it('that was killed where no memory was wanting has not run out of it', async () => {
    const { container, channel } = scriptedContainer({ account: withKills(0) });
    const running = new ShimProgram(container, plan).run(input);
    channel.onFrame(exited(undefined, 'SIGKILL'));
    expect((await running).ending).toMatchObject({ exit: { outOfMemory: false } });
  });

  it('is killed at its time limit, and what it wrote until then is kept', async () => {
    const { container, channel, done } = scriptedContainer();
    const running = new ShimProgram(container, plan).run({ ...input, timeoutMs: 20 });
    channel.onFrame(output('stdout', 'begun'));
    const { ending, stdout } = await running;
    expect(ending).toMatchObject({ cause: 'deadline', limitMs: 20 });
    expect(stdout.bytes().toString()).toBe('begun');
    expect(done).toEqual(['killed']);
  });

  it('is killed when nobody wants it any more', async () => {
    const { container, done } = scriptedContainer();
    const caller = new AbortController();
    const running = new ShimProgram(container, plan).run({ ...input, signal: caller.signal });
    caller.abort();
    expect((await running).ending).toEqual({ cause: 'cancelled' });
    expect(done).toEqual(['killed']);
  });

  it('is not begun when nobody wants it any more by then', async () => {
    const { container, sent } = scriptedContainer();
    const running = new ShimProgram(container, plan).run({ ...input, signal: AbortSignal.abort() });
    expect((await running).ending).toEqual({ cause: 'cancelled' });
    expect(sent).toEqual([]);
  });

  it('has its container’s end when its shim dies', async () => {
    const { container, channel } = scriptedContainer();
    const running = new ShimProgram(container, plan).run(input);
    channel.onFrame(output('stderr', 'last'));
    channel.onClosed(undefined);
    const { ending, stderr } = await running;
    expect(ending).toEqual({ cause: 'died', phase: 'call', exit: { exitCode: 3, outOfMemory: false } });
    expect(stderr.bytes().toString()).toBe('last');
  });

  it('is lost with its engine', async () => {
    const exit = (): Promise<never> => Promise.reject(new EngineError('unreachable', 'gone'));
    const { container, channel } = scriptedContainer({ exit });
    const running = new ShimProgram(container, plan).run(input);
    channel.onClosed(undefined);
    expect((await running).ending).toMatchObject({ cause: 'engine_lost', error: { code: 'ENGINE_UNAVAILABLE' } });
  });

  it.each([
    ['sends the frame of another', { type: 'ready', loadMs: 1 } as const, undefined],
    ['sends what is no frame', undefined, 'it is no frame'],
  ])('is killed when its shim %s', async (_what, frame, violation) => {
    const { container, channel, done } = scriptedContainer();
    const running = new ShimProgram(container, plan).run(input);
    if (frame !== undefined) channel.onFrame(frame);
    else channel.onClosed(violation);
    expect(await running).toMatchObject({ signal: 'SIGKILL', ending: { cause: 'died', exit: { exitCode: 137 } } });
    expect(done).toEqual(['killed']);
  });

  it('is killed when its shim hangs up and its processes run on', async () => {
    const exit = (): Promise<never> => Promise.reject(new EngineError('timeout', 'it still runs'));
    const { container, channel, done } = scriptedContainer({ exit, account: withKills(0, 3) });
    const running = new ShimProgram(container, plan).run(input);
    channel.onClosed(undefined);
    expect(await running).toMatchObject({ signal: 'SIGKILL', ending: { cause: 'died', exit: { exitCode: 137 } } });
    expect(done).toEqual(['killed']);
  });

  it('keeps the end that was told first', async () => {
    const { container, channel } = scriptedContainer();
    const running = new ShimProgram(container, plan).run(input);
    channel.onFrame(exited(1));
    channel.onFrame(output('stdout', 'forged'));
    channel.onFrame(exited(0));
    const { ending, stdout } = await running;
    expect(ending).toMatchObject({ exit: { exitCode: 1 } });
    expect(stdout.bytes()).toHaveLength(0);
  });

  it('runs once', async () => {
    const { container, channel } = scriptedContainer();
    const program = new ShimProgram(container, plan);
    const running = program.run(input);
    await expect(program.run(input)).rejects.toThrow('once');
    channel.onFrame(exited(0));
    await running;
  });
});
