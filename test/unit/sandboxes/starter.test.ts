import { describe, expect, it } from 'vitest';
import { FrameDecoder, parseHostFrame } from '../../../runtime/protocol.ts';
import type { Launcher, LaunchOrder } from '../../../src/sandboxes/launcher.ts';
import type { PreparedSandboxes } from '../../../src/sandboxes/prepared.ts';
import type { ProgramOrder } from '../../../src/sandboxes/program-order.ts';
import type { ProgramWork } from '../../../src/sandboxes/program-work.ts';
import type { ReadyProgram } from '../../../src/sandboxes/ready-program.ts';
import { Starter } from '../../../src/sandboxes/starter.ts';
import { scriptedContainer } from './scripted-container.ts';
import { versionWith } from './versions.ts';

const work: ProgramWork = {
  command: ['cat'],
  arguments: ['-n'],
  environment: { A: 'b' },
  input: { stdin: Buffer.from('in'), timeoutMs: 20_000, maxStdoutBytes: 10, maxStderrBytes: 10 },
};
const image = {
  name: 'perl',
  language: undefined,
  command: ['/usr/bin/perl', 'main.pl'],
  workingDirectory: '/srv',
  searchPath: '/usr/bin',
};
const { signal } = new AbortController();
const call = { invocationId: 'i', envelope: Buffer.alloc(0), signal };

/** A starter whose containers are the test's, and who records what it orders. */
function starterWith(prepared: 'one that waits' | 'none') {
  const scripted = scriptedContainer();
  const launches: LaunchOrder[] = [];
  const programs: ProgramOrder[] = [];
  const runs: Parameters<ReadyProgram['run']>[0][] = [];
  const launcher = {
    launch: (_id: string, order: LaunchOrder) => {
      launches.push(order);
      return Promise.resolve(scripted.container);
    },
    prepareProgram: (_id: string, order: ProgramOrder) => {
      programs.push(order);
      const run: ReadyProgram['run'] = (input) => {
        runs.push(input);
        return Promise.reject(new Error('not of this test'));
      };
      return Promise.resolve({ run, release: () => Promise.resolve() });
    },
  };
  const starter = new Starter({
    launcher: launcher as unknown as Launcher,
    prepared: {
      take: () => Promise.resolve(prepared === 'none' ? undefined : { id: 'p', container: scripted.container }),
    } as unknown as PreparedSandboxes,
    initTimeoutMs: 1000,
    secrets: { environmentOf: () => Promise.reject(new Error('a program has no secrets')) },
    programs: {
      find: (name) => (name === 'perl' ? image : undefined),
      imageOf: () => Promise.resolve('sha256:perl'),
    },
  });
  return { starter, scripted, launches, programs, runs };
}

const workloadOn = (runtime: string, program = work) => ({
  version: { ...versionWith({ runtime }), entry: undefined },
  codeDirectory: '/code',
  program,
});

describe('the start of a program', () => {
  it.each(['one that waits', 'none'] as const)(
    'on a runtime with a shim takes a prepared container (%s), or launches one',
    async (prepared) => {
      const { starter, scripted, launches } = starterWith(prepared);
      const { sandbox, finished } = await starter.start(workloadOn('node24'), signal);
      expect([sandbox.state, finished]).toEqual(['ready', undefined]);
      expect(launches).toMatchObject(
        prepared === 'none' ? [{ runtime: 'node24', codeDirectory: '/code', ownsCode: false }] : [],
      );
      const running = sandbox.invoke(call);
      const [frame] = new FrameDecoder({ maxFrameBytes: 10_000 }).push(Buffer.concat(scripted.sent));
      expect(frame && parseHostFrame(frame)).toMatchObject({
        command: ['cat', '-n'],
        env: { A: 'b' },
        stdin: Buffer.from('in'),
      });
      scripted.channel.onFrame({ type: 'exited', exitCode: 0, signal: undefined, durationMs: 1 });
      expect(await running).toMatchObject({ program: { ending: { cause: 'died', exit: { exitCode: 0 } } } });
      await sandbox.destroy();
      expect(scripted.done).toEqual(['released']);
    },
  );

  it.each([
    ['the image’s own program', [], ['/usr/bin/perl', 'main.pl', '-n']],
    ['a command in its stead', ['ls'], ['ls', '-n']],
  ])('on an image that is a program prepares a container with %s', async (_what, command, whole) => {
    const { starter, programs, launches, runs } = starterWith('one that waits');
    const { sandbox } = await starter.start(workloadOn('perl', { ...work, command }), signal);
    expect(programs).toMatchObject([
      {
        runtime: 'perl',
        image: 'sha256:perl',
        command: whole,
        environment: { A: 'b' },
        workingDirectory: '/srv',
        codeDirectory: '/code',
      },
    ]);
    await expect(sandbox.invoke(call)).rejects.toThrow('not of this test');
    expect(runs).toMatchObject([{ stdin: Buffer.from('in'), timeoutMs: 20_000 }]);
    expect(launches).toEqual([]);
  });
});
