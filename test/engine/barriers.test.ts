import { copyFile, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from '../../src/engine/container.ts';
import { until } from '../support/containers.ts';
import { perlProbe, probe, sandboxSpec, startContainer, stopped, worked } from '../support/probe.ts';

const mebibyte = 1024 * 1024;

/** An attack, and the one change to the container that lets it through: each is run with the barrier and without. */
interface Barrier {
  readonly title: string;
  readonly attack: string;
  readonly without: (spec: ContainerSpec) => Partial<ContainerSpec>;
  /** What the attack needs to be worth trying, in both runs. */
  readonly given?: (spec: ContainerSpec) => Partial<ContainerSpec>;
  /** How the barrier shows when it is not the probe that reports it. */
  readonly stoppedBy?: 'memory';
}

const barriers: readonly Barrier[] = [
  {
    title: 'memory: a process that takes 400 MB is killed',
    attack: `const hoard = []; for (let i = 0; i < 400; i++) hoard.push(Buffer.alloc(${mebibyte}, 1)); process.exit(worked)`,
    without: () => ({ memoryBytes: 1024 * mebibyte }),
    stoppedBy: 'memory',
  },
  {
    title: 'processes: the 100th child cannot be started',
    attack: `const { spawn } = require('node:child_process');
      let failed = false; let open = 100;
      for (let i = 0; i < 100; i++) {
        const child = spawn('/bin/sleep', ['20'], { stdio: 'ignore' });
        child.on('error', () => { failed = true; settle() }); child.on('spawn', () => settle());
      }
      function settle() { if (--open === 0) process.exit(failed ? stopped : worked) }`,
    without: () => ({ pids: 512 }),
  },
  {
    title: 'cores: a loop that takes more than half a core is throttled',
    attack: `const fs = require('node:fs');
      const stat = ['/sys/fs/cgroup/cpu.stat', '/sys/fs/cgroup/cpu/cpu.stat'].find((path) => fs.existsSync(path));
      const throttled = () => Number(/nr_throttled (\\d+)/.exec(fs.readFileSync(stat, 'utf8'))[1]);
      const before = throttled();
      const end = process.cpuUsage().user + 600_000;
      while (process.cpuUsage().user < end);
      process.exit(throttled() > before ? stopped : worked)`,
    // More than there are: one thread alone can never use them up.
    without: () => ({ cpus: 2 }),
  },
  {
    title: 'writable space: /tmp takes no 80 MB',
    attack: `const fs = require('node:fs');
      try { for (let i = 0; i < 8; i++) fs.writeFileSync('/tmp/' + i, Buffer.alloc(10 * ${mebibyte}, 1)); process.exit(worked) }
      catch (error) { process.exit(error.code === 'ENOSPC' ? stopped : 1) }`,
    without: (spec) => ({
      temporaryFileSystems: [{ target: '/tmp', sizeBytes: 200 * mebibyte, inodes: 8192 }],
      ulimits: { ...spec.ulimits, fsize: 200 * mebibyte },
    }),
  },
  {
    title: 'files: /tmp takes no 10,000 empty files',
    attack: `const fs = require('node:fs');
      try { for (let i = 0; i < 10_000; i++) fs.closeSync(fs.openSync('/tmp/' + i, 'w')); process.exit(worked) }
      catch (error) { process.exit(error.code === 'ENOSPC' ? stopped : 1) }`,
    without: () => ({ temporaryFileSystems: [{ target: '/tmp', sizeBytes: 64 * mebibyte, inodes: 100_000 }] }),
  },
  {
    title: 'network: there is no interface but loopback',
    attack: `const names = Object.keys(require('node:os').networkInterfaces());
      process.exit(names.some((name) => name !== 'lo') ? worked : stopped)`,
    without: () => ({ network: 'bridge' }),
  },
  {
    title: 'root file system: a folder that everybody may write to takes no file',
    attack: `try { require('node:fs').writeFileSync('/var/tmp/planted', 'x'); process.exit(worked) }
      catch (error) { process.exit(error.code === 'EROFS' ? stopped : 1) }`,
    without: () => ({ readOnlyRoot: false }),
  },
  {
    title: 'code: a file cannot be added to it',
    attack: `try { require('node:fs').writeFileSync('/function/planted', 'x'); process.exit(worked) }
      catch (error) { process.exit(error.code === 'EROFS' ? stopped : 1) }`,
    without: (spec) => ({ mounts: spec.mounts.map((mount) => ({ ...mount, readOnly: false })) }),
  },
  {
    title: 'capabilities: even root may not give a file away',
    attack: `const fs = require('node:fs'); fs.writeFileSync('/tmp/mine', 'x');
      try { fs.chownSync('/tmp/mine', 12345, 12345); process.exit(worked) }
      catch (error) { process.exit(error.code === 'EPERM' ? stopped : 1) }`,
    given: () => ({ user: { uid: 0, gid: 0 } }),
    without: () => ({ droppedCapabilities: [] }),
  },
  {
    title: 'seccomp: a process may not be traced',
    attack: `require('node:child_process').spawn('/usr/bin/perl', ['-e', 'exit(syscall(101, 0, 0, 0, 0) == 0 ? 0 : $! == 1 ? 10 : 1)'])
      .on('exit', (code) => process.exit(code))`,
    without: () => ({ seccompProfile: 'unconfined' }),
  },
  {
    title: 'shared memory: there is no /dev/shm',
    attack: `try { require('node:fs').writeFileSync('/dev/shm/x', 'x'); process.exit(worked) }
      catch (error) { process.exit(stopped) }`,
    without: () => ({ ipc: 'private' }),
  },
  {
    title: 'message queues: none can be made',
    attack: `require('node:child_process').spawn('/usr/bin/perl', ['-e', 'my $n = "x"; exit(syscall(240, $n, 66, 0600, 0) >= 0 ? 0 : 10)'])
      .on('exit', (code) => process.exit(code))`,
    without: (spec) => ({ ulimits: { ...spec.ulimits, msgqueue: 819_200 } }),
  },
  {
    title: 'open files: the 2,000th cannot be opened',
    attack: `const fs = require('node:fs');
      try { for (let i = 0; i < 2000; i++) fs.openSync('/dev/null'); process.exit(worked) }
      catch (error) { process.exit(error.code === 'EMFILE' ? stopped : 1) }`,
    without: (spec) => ({ ulimits: { ...spec.ulimits, nofile: 4096 } }),
  },
];

describe('each barrier of a sandbox stops its attack, which works where the barrier is taken away', () => {
  it.each(barriers)('$title', async ({ attack, given, without, stoppedBy }) => {
    await using base = await sandboxSpec();
    const spec = { ...base.spec, ...given?.(base.spec) };

    const held = await probe(spec, attack);
    if (stoppedBy === 'memory') expect(held).toEqual({ exitCode: 137, outOfMemory: true });
    else expect(held.exitCode).toBe(stopped);

    const open = await probe({ ...spec, name: `${spec.name}-open`, ...without(spec) }, attack);
    expect(open.exitCode).toBe(worked);
  });

  it('privileges: a setuid root program gains nothing', async () => {
    await using base = await sandboxSpec();
    const program = join(base.codeDirectory, 'setuid-perl');
    await copyFile('/usr/bin/perl', program);
    await chmod(program, 0o4755);
    const attack = `require('node:child_process').spawn('/function/setuid-perl', ['-e', 'exit($> == 0 ? 0 : 10)'])
      .on('exit', (code) => process.exit(code))`;
    expect((await probe(base.spec, attack)).exitCode).toBe(stopped);
    const open = { ...base.spec, name: `${base.spec.name}-open`, noNewPrivileges: false };
    expect((await probe(open, attack)).exitCode).toBe(worked);
  });

  it('user ids: one sandbox cannot use up what the kernel counts per user for another', async () => {
    await using hoarder = await sandboxSpec(30_001);
    await using victim = await sandboxSpec(30_002);
    // Takes every inotify instance that its user may have, says so by a file, and holds on to them.
    const hoard = `1 while syscall(294, 0) >= 0; open(my $f, '>', '/function/full'); close($f); sleep 25`;
    const mounts = hoarder.spec.mounts.map((mount) => ({ ...mount, readOnly: false }));
    const nofile = { ...hoarder.spec.ulimits, nofile: 4096 };
    await using _held = await startContainer({
      ...hoarder.spec,
      mounts,
      ulimits: nofile,
      command: ['/usr/bin/perl', '-e', hoard],
    });
    const { existsSync } = await import('node:fs');
    await until(() => existsSync(join(hoarder.codeDirectory, 'full')), 10_000, 'the hoarder has them all');

    const takeOne = `exit(syscall(294, 0) >= 0 ? ${stopped} : ${worked})`;
    expect((await perlProbe(victim.spec, takeOne)).exitCode).toBe(stopped);
    const sameUser = { ...victim.spec, name: `${victim.spec.name}-open`, user: hoarder.spec.user };
    expect((await perlProbe(sameUser, takeOne)).exitCode).toBe(worked);
  });
});
