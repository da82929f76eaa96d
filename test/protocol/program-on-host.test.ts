// The host's half of a program and the shims' half, over the host's own transport, without a container between them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { maxShimFrameBytes } from '../../runtime/protocol.ts';
import type { LaunchedContainer } from '../../src/sandboxes/launched-container.ts';
import type { ProgramEnd, ProgramInput } from '../../src/sandboxes/ready-program.ts';
import { ShimProgram } from '../../src/sandboxes/shim-program.ts';
import { SocketTransport } from '../../src/sandboxes/socket-channel-transport.ts';
import { bundledNodeShim, nodePrograms } from './node-shim.ts';
import { pythonPrograms, pythonShim } from './python-shim.ts';
import type { StartShim } from './shim-process.ts';

const bundle = bundledNodeShim();

const shims: readonly (readonly [what: string, start: () => StartShim])[] = [
  ...nodePrograms.map((program) => [`the Node shim on ${program}`, () => bundle.command(program)] as const),
  ...pythonPrograms.map((program) => [`the Python shim on ${program}`, () => pythonShim(program)] as const),
];

const megabyte = 1_048_576;

/** Runs a program behind a shim that is a process of this machine, where there is no `/function`. */
async function run(startShim: StartShim, script: string, input: Partial<ProgramInput> = {}): Promise<ProgramEnd> {
  const parent = await mkdtemp(join(tmpdir(), 'sraas-host-'));
  const line = await new SocketTransport().open(join(parent, 'channel'));
  const shim = startShim(join(parent, 'channel'));
  onTestFinished(async () => {
    await shim.kill();
    line.close();
    await rm(parent, { recursive: true, force: true });
  });
  const channel = await line.accept(maxShimFrameBytes(0));
  await new Promise((resolve) => {
    channel.onFrame = resolve;
  });
  const container = {
    channel,
    account: undefined,
    kill: async () => {
      await shim.kill();
    },
    exit: async () => {
      const { code, signal } = await shim.exited;
      return { exitCode: code ?? (signal === 'SIGKILL' ? 137 : 1), outOfMemory: false };
    },
    wasSeenToEnd: () => Promise.resolve(true),
  } as unknown as LaunchedContainer;
  const plan = { command: ['sh', '-c', script], environment: {}, memoryBytes: megabyte, directory: tmpdir() };
  const limits = { stdin: Buffer.alloc(0), timeoutMs: 20_000, maxStdoutBytes: 1000, maxStderrBytes: 1000 };
  return await new ShimProgram(container, plan).run({ ...limits, ...input });
}

describe.each(shims)('a program behind %s', (_what, startShim) => {
  test('is read to its end however much it writes, and kept up to a cap', async () => {
    let told = 0;
    const { ending, stdout } = await run(startShim(), 'yes | head -c 30000000', {
      onStdout: (piece) => (told += piece.length),
    });
    expect(ending).toMatchObject({ cause: 'died', exit: { exitCode: 0 } });
    expect([stdout.bytes().length, stdout.droppedBytes, told]).toEqual([1000, 29_999_000, 30_000_000]);
  });

  test('gets megabytes and gives them back', async () => {
    const stdin = Buffer.alloc(5 * megabyte, 'a line of text\n');
    const { stdout } = await run(startShim(), 'cat', { stdin, maxStdoutBytes: 6 * megabyte });
    expect(stdout.bytes().equals(stdin)).toBe(true);
  });

  test('that writes line by line is told of soon', async () => {
    const { ending, stdout } = await run(startShim(), 'i=0; while [ $i -lt 5000 ]; do echo $i; i=$((i + 1)); done', {
      maxStdoutBytes: megabyte,
    });
    expect(ending.cause).toBe('died');
    expect(stdout.bytes().toString().split('\n')).toHaveLength(5001);
  });

  test('is killed at its time limit in the midst of a flood', async () => {
    const { ending, stdout } = await run(startShim(), 'yes', { timeoutMs: 500 });
    expect(ending.cause).toBe('deadline');
    expect(stdout.bytes().toString()).toBe('y\n'.repeat(500));
  });

  test('spoils its own end when it kills its shim', async () => {
    const { ending, stdout } = await run(startShim(), 'echo before; sleep 0.2; kill -9 $PPID; sleep 1');
    expect(ending).toMatchObject({ cause: 'died', exit: { exitCode: 137 } });
    expect(stdout.bytes().toString()).toBe('before\n');
  });
});
