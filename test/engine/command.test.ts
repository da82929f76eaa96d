import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../src/functions/function-policy.ts';
import { findInstallDirectory } from '../../src/installation.ts';
import { RuntimeCatalog } from '../../src/runtimes/runtime-catalog.ts';
import { labelsOfInstance } from '../../src/sandboxes/labels.ts';
import { Launcher } from '../../src/sandboxes/launcher.ts';
import { Leftovers } from '../../src/sandboxes/leftovers.ts';
import type { ProgramEnd, ProgramInput } from '../../src/sandboxes/ready-program.ts';
import { type ProgramOrder, runProgram } from '../../src/sandboxes/program-order.ts';
import { seccompProfile } from '../../src/sandboxes/seccomp-profile.ts';
import { SocketTransport } from '../../src/sandboxes/socket-channel-transport.ts';
import { UidAllocator } from '../../src/sandboxes/uid-allocator.ts';
import { engine, until } from '../support/containers.ts';

const instanceId = randomBytes(8).toString('hex');
const nothing = (): void => undefined;
let codeDirectory = '';
let launcher: Launcher;
let image = '';

beforeAll(async () => {
  codeDirectory = await mkdtemp(join(tmpdir(), 'sraas-program-'));
  await chmod(codeDirectory, 0o755);
  await writeFile(join(codeDirectory, 'note.txt'), 'a file of the function');
  const runtimes = new RuntimeCatalog(engine, join(findInstallDirectory(import.meta.dirname), 'images'));
  const runtime = runtimes.find('node24');
  if (runtime === undefined) throw new Error('There is no runtime node24');
  // Any image does; this one has a shell.
  image = await runtimes.imageOf(runtime);
  launcher = new Launcher({
    engine,
    runtimes,
    uids: new UidAllocator(36_000, 36_099),
    leftovers: new Leftovers({ engine, instanceId, directories: [], onFailure: nothing }),
    transport: () => Promise.resolve(new SocketTransport()),
    runDirectory: codeDirectory,
    shimDirectory: codeDirectory,
    seccompProfile: seccompProfile((await engine.info()).architecture),
    instanceId,
    cgroupParent: '',
    engineRuntime: '',
    maxStarts: 3,
    startTimeoutMs: 20_000,
    onPostureMismatch: nothing,
  });
});
afterAll(() => rm(codeDirectory, { recursive: true, force: true }));

/** Runs a command to its end, in a container that goes with it. */
async function ran(
  command: readonly string[],
  input: Partial<ProgramInput> = {},
  order: Partial<ProgramOrder> = {},
): Promise<ProgramEnd> {
  return await runProgram(
    launcher,
    randomBytes(8).toString('hex'),
    {
      runtime: 'test',
      image,
      command,
      workingDirectory: '/',
      environment: {},
      codeDirectory,
      limits: defaultLimits,
      network: undefined,
      version: undefined,
      ...order,
    },
    { stdin: Buffer.alloc(0), timeoutMs: 20_000, maxStdoutBytes: 1_000_000, maxStderrBytes: 1_000_000, ...input },
  );
}

const shell = (script: string, input?: Partial<ProgramInput>, order?: Partial<ProgramOrder>): Promise<ProgramEnd> =>
  ran(['/bin/sh', '-c', script], input, order);

const exited = (exitCode: number, outOfMemory = false): object => ({
  cause: 'died',
  phase: 'call',
  exit: { exitCode, outOfMemory },
});

describe('a program in a container of its own', () => {
  it('gets its input, and its two outputs are told apart', async () => {
    const end = await shell('cat; echo grumble >&2; exit 3', { stdin: Buffer.from('{"a":1}') });
    expect(end.ending).toEqual(exited(3));
    expect(end.stdout.text()).toBe('{"a":1}');
    expect(end.stderr.text()).toBe('grumble\n');
    expect(end.elapsedMs).toBeGreaterThan(0);
  });

  it('gets megabytes of any bytes through, there and back', async () => {
    const stdin = randomBytes(5_000_000);
    const end = await ran(['/bin/cat'], { stdin, maxStdoutBytes: 6_000_000 });
    expect(end.ending).toEqual(exited(0));
    expect(end.stdout.bytes().equals(stdin)).toBe(true);
  });

  it.each([
    ['never reads its input', 'echo done'],
    ['closes its input and goes on', 'exec 0</dev/null; sleep 1; echo done'],
    ['reads only the beginning of its input', 'head -c 10 >/dev/null; echo done'],
  ])('may be one that %s', async (_title, script) => {
    const end = await shell(script, { stdin: Buffer.alloc(3_000_000, 'x') });
    expect(end.ending).toEqual(exited(0));
    expect(end.stdout.text()).toBe('done\n');
  });

  it('sees its files at two places, and can change neither them nor anything but /tmp', async () => {
    const script =
      'cat /function/note.txt /data/note.txt; pwd; for f in /function/x /data/x /x; do touch $f && echo wrote; done; touch /tmp/x';
    const end = await shell(script, {}, { workingDirectory: '' });
    expect(end.stdout.text()).toBe('a file of the functiona file of the function/function\n');
    expect(end.ending).toEqual(exited(0));
  });

  it('has the variables that it was given, and is an unprivileged user without a network', async () => {
    const end = await shell(
      'echo $GREETING; grep -E "^(Uid|CapEff|NoNewPrivs|Seccomp):" /proc/self/status; tail -n +3 /proc/net/dev',
      {},
      { environment: { GREETING: 'hello' } },
    );
    expect(end.stdout.text()).toMatch(
      /^hello\nUid:\t36\d+\t.*\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n +lo:.*\n$/,
    );
  });

  it('is killed when its time is up, and what it wrote is kept', async () => {
    const end = await shell('echo begun; sleep 60', { timeoutMs: 1000 });
    expect(end.ending).toEqual({ cause: 'deadline', phase: 'call', limitMs: 1000 });
    expect(end.stdout.text()).toBe('begun\n');
  });

  it('is killed when nobody wants it any more', async () => {
    const controller = new AbortController();
    const end = await shell('echo begun; sleep 60', {
      signal: controller.signal,
      onStdout: () => {
        controller.abort();
      },
    });
    expect(end.ending).toEqual({ cause: 'cancelled' });
    expect(end.stdout.text()).toBe('begun\n');
  });

  it('is told from one that ran out of memory', async () => {
    const hoard = 'const a = []; for (;;) a.push(Buffer.alloc(1 << 20, 1))';
    const end = await ran(['/usr/local/bin/node', '-e', hoard], {}, { limits: { ...defaultLimits, memoryMb: 64 } });
    expect(end.ending).toEqual(exited(137, true));
    expect(end.use.maxMemoryBytes).toBe(64 << 20);
  });

  it('is told how much memory it had at most, when it has some left', async () => {
    const greedy = 'Buffer.alloc(100 << 20, 1); setTimeout(() => undefined, 500)';
    const end = await ran(['/usr/local/bin/node', '-e', greedy], {}, { limits: { ...defaultLimits, memoryMb: 256 } });
    expect(end.ending).toEqual(exited(0));
    expect(end.use.maxMemoryBytes).toBeGreaterThan(100 << 20);
    expect(end.use.maxMemoryBytes).toBeLessThan(256 << 20);
  });

  it('can flood both outputs: what is beyond the caps is counted and dropped', async () => {
    const script = 'head -c 50000000 /dev/zero & head -c 30000000 /dev/zero >&2; wait';
    const end = await shell(script, { maxStdoutBytes: 1000, maxStderrBytes: 500 });
    expect(end.ending).toEqual(exited(0));
    expect([end.stdout.bytes().length, end.stdout.droppedBytes]).toEqual([1000, 49_999_000]);
    expect([end.stderr.bytes().length, end.stderr.droppedBytes]).toEqual([500, 29_999_500]);
  });

  it('tells what it writes as it comes', async () => {
    const pieces: string[] = [];
    await shell('echo one; read line; echo two', {
      stdin: Buffer.from('go\n'),
      onStdout: (piece) => pieces.push(Buffer.from(piece).toString()),
    });
    expect(pieces.join('')).toBe('one\ntwo\n');
  });

  it('that is not there says so, as a shell would', async () => {
    const end = await ran(['/no/such/program']);
    expect(end.ending).toEqual(exited(127));
    expect(end.stderr.text()).toMatch(/no\/such\/program/);
  });

  it('leaves nothing behind, also when several run at a time', async () => {
    const ends = await Promise.all([1, 2, 3, 4].map((index) => shell(`echo ${index}`)));
    expect(ends.map(({ stdout }) => stdout.text())).toEqual(['1\n', '2\n', '3\n', '4\n']);
    await until(
      async () => (await engine.list(labelsOfInstance(instanceId))).length === 0,
      10_000,
      'all containers went',
    );
  });
});

describe('a program’s container that has not started', () => {
  it('waits for its one run, and can be given back without it', async () => {
    const order: ProgramOrder = {
      runtime: 'test',
      image,
      command: ['/bin/echo', 'late'],
      workingDirectory: '/',
      environment: {},
      codeDirectory,
      limits: defaultLimits,
      network: undefined,
      version: undefined,
    };
    const [used, unused] = await Promise.all([
      launcher.prepareProgram(randomBytes(8).toString('hex'), order),
      launcher.prepareProgram(randomBytes(8).toString('hex'), order),
    ]);
    await unused.release();
    const input = { stdin: Buffer.alloc(0), timeoutMs: 10_000, maxStdoutBytes: 100, maxStderrBytes: 100 };
    expect((await used.run(input)).stdout.text()).toBe('late\n');
    await expect(used.run(input)).rejects.toThrow(/runs once/);
    await used.release();
    expect(await engine.list(labelsOfInstance(instanceId))).toEqual([]);
  });
});
