// IS-49, IS-31: what the kernel has written down about every process of a sandbox, read from the host, where no process inside can
// lie. Barrier: the whole container. Expected: exactly these identities, privileges, namespaces, limits and open files.
import { readdirSync, readlinkSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { openArena, type Arena } from '../support/arena.ts';
import { containersOf, docker } from '../support/containers.ts';
import { controlGroup, controlGroupPath, ordinaryProcesses } from '../support/control-group.ts';
import {
  commandOf,
  liveProcesses,
  type LiveProcesses,
  namespaceOf,
  readProcessFile,
} from '../support/live-processes.ts';
import { startServer } from '../support/server.ts';
import { serverKinds } from '../support/server-kinds.ts';

const mebibyte = 1024 * 1024;
const limits = { cpus: 0.25, memory_mb: 128, pids: 48, tmp_mb: 16 };
const namespaces = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'uts'];

/** Has a child and a thread of its own, which are there as long as the sandbox is idle. */
const source = `import { spawn } from 'node:child_process'; import { Worker } from 'node:worker_threads';
  spawn('/bin/sleep', ['60']).unref(); new Worker('setTimeout(() => {}, 60_000)', { eval: true }).unref();
  export const handler = () => process.pid`;

describe.each(serverKinds)('on a server that $title', ({ settings }) => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena(settings);
  });
  afterEach(() => arena.aftermath());
  afterAll(() => arena[Symbol.asyncDispose]());

  async function liveSandbox(): Promise<LiveProcesses> {
    const name = await arena.deploy(source, { limits });
    await arena.client.invoke(name);
    const [id = ''] = await arena.containersOf(name);
    return liveProcesses(id);
  }

  describe('every process and thread of a sandbox', () => {
    it('has one user and group of its own, no capability, no way to gain any, and a filter', async () => {
      const { processes } = await liveSandbox();
      expect(processes.length).toBeGreaterThanOrEqual(3);
      const users = new Set<string>();
      for (const processId of processes) {
        for (const thread of readdirSync(`/proc/${processId}/task`)) {
          const status = readProcessFile(processId, `task/${thread}/status`);
          const field = (name: string): string | undefined =>
            new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]?.trim();
          const [uid = ''] = field('Uid')?.split('\t') ?? [];
          expect(Number(uid)).toBeGreaterThanOrEqual(20_000);
          users.add(uid);
          expect(field('Uid')).toBe([uid, uid, uid, uid].join('\t'));
          expect(field('Gid')).toBe([uid, uid, uid, uid].join('\t'));
          expect(['', uid]).toContain(field('Groups'));
          for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) expect(field(set)).toBe('0'.repeat(16));
          expect(field('NoNewPrivs')).toBe('1');
          expect(field('Seccomp')).toBe('2');
          expect(Number(field('Seccomp_filters') ?? 1)).toBeGreaterThanOrEqual(1);
        }
      }
      expect(users.size).toBe(1);
    });

    it('is in namespaces that neither the host nor another sandbox is in', async () => {
      const [one, two] = [await liveSandbox(), await liveSandbox()];
      for (const kind of namespaces) {
        const mine = new Set(one.processes.map((processId) => namespaceOf(processId, kind)));
        expect(mine.size, kind).toBe(1);
        expect([...mine], kind).not.toContain(namespaceOf('self', kind));
        expect([...mine], kind).not.toContain(namespaceOf(two.shim, kind));
      }
    });

    it('is held to the limits of its function by the kernel', async () => {
      const { processes } = await liveSandbox();
      for (const processId of processes) {
        expect(controlGroup(processId)).toEqual({
          memoryBytes: 128 * mebibyte,
          memoryAndSwapBytes: 128 * mebibyte,
          pids: 48,
          cpus: 0.25,
          cpuShares: expect.toSatisfy((shares: number) => Math.abs(shares - 256) < 30) as number,
        });
        expect(readProcessFile(processId, 'oom_score_adj').trim()).toBe('1000');
      }
    });

    it('has the resource limits that keep it small', async () => {
      const { processes } = await liveSandbox();
      const expected = [
        ['Max open files', 1024],
        ['Max core file size', 0],
        ['Max file size', 16 * mebibyte],
        ['Max locked memory', 65_536],
        ['Max msgqueue size', 0],
        ['Max realtime priority', 0],
      ] as const;
      for (const processId of processes) {
        const text = readProcessFile(processId, 'limits');
        for (const [name, most] of expected) {
          expect(text, `${name} of ${commandOf(processId).join(' ')}`).toMatch(
            new RegExp(`^${name}\\s+${most}\\s+${most}\\s`, 'm'),
          );
        }
      }
    });
  });

  describe('a sandbox', () => {
    it('runs the shim, and nothing else that the handler has not started, below a process 1 of the engine', async () => {
      const { init, shim } = await liveSandbox();
      expect(shim).not.toBe(0);
      expect(commandOf(shim)).toEqual([
        '/usr/local/bin/node',
        '--max-old-space-size=96',
        '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
        '/opt/sraas/node/shim.cjs',
      ]);
      expect(commandOf(init)[0]).toMatch(/(docker|catatonit|tini)/);
      expect(readProcessFile(shim, 'status')).toMatch(new RegExp(`^PPid:\\s+${init}$`, 'm'));
      expect(readlinkSync(`/proc/${shim}/cwd`)).toBe('/function');
    });

    it('holds no file of the host open', async () => {
      const { processes, init } = await liveSandbox();
      for (const processId of processes) {
        const open = readdirSync(`/proc/${processId}/fd`).map((descriptor) =>
          readlinkSync(`/proc/${processId}/fd/${descriptor}`),
        );
        const known =
          /^(\/dev\/null|(socket|pipe|anon_inode):.*|\/run\/sraas\/output|\/sys\/devices\/system\/cpu\/online)$/;
        expect(open.filter((target) => !known.test(target))).toEqual([]);
        // The channel is the one way out, and the shim alone has it.
        const sockets = open.filter((target) => target.startsWith('socket:')).length;
        if (processId === init) expect(sockets).toBe(0);
      }
    });

    it('has nothing mounted that can be written to but /tmp, which has a size and no programs', async () => {
      const { shim } = await liveSandbox();
      const mounts = readProcessFile(shim, 'mountinfo')
        .trim()
        .split('\n')
        .map((line) => {
          const [before = '', after = ''] = line.split(' - ');
          const [, , , , target = '', options = ''] = before.split(' ');
          const [type = '', , superOptions = ''] = after.split(' ');
          return { target, options: options.split(','), type, superOptions };
        });
      const find = (target: string): (typeof mounts)[number] | undefined =>
        mounts.find((mount) => mount.target === target);
      for (const target of ['/', '/function', '/opt/sraas', '/run/sraas'])
        expect(find(target)?.options, target).toContain('ro');
      const tmp = find('/tmp');
      expect(tmp?.options).toEqual(expect.arrayContaining(['rw', 'nosuid', 'nodev', 'noexec']));
      expect(tmp?.superOptions).toMatch(/size=16384k.*nr_inodes=2048/);
      expect(mounts.map(({ target }) => target)).not.toContain('/dev/shm');
    });

    it('cannot see or signal the processes of another', async () => {
      const other = await liveSandbox();
      const reply = await arena.run(
        `import fs from 'node:fs'; export const handler = (ids) => ids.map((id) => { try { process.kill(id, 0); return 'reached' } catch ({ code }) { return fs.existsSync('/proc/' + id) ? 'seen' : code } })`,
        { event: other.processes },
      );
      expect(reply.result).toEqual(other.processes.map(() => 'ESRCH'));
    });
  });
});

it('a prepared sandbox, before and after it is given its function, is held the same', async () => {
  await using server = await startServer({ preparedPerKind: 1 });
  const config = { runtime: 'node24', handler: 'main.handler' } as const;
  await server.client.deploy('latecomer', config, {
    files: { 'main.mjs': 'export const handler = () => process.getuid()' },
  });
  const { result } = await server.client.invoke('latecomer');
  expect(result).toBeGreaterThanOrEqual(20_000);
  const containers = await docker.listContainers({ filters: { label: ['sraas.managed=sandbox'] } });
  const states = await Promise.all(containers.map(async ({ Id: id }) => docker.getContainer(id).inspect()));
  const ours = states.filter(({ HostConfig: host }) =>
    (host.Mounts ?? []).some(({ Source: from }) => from.startsWith(server.dataDirectory)),
  );
  expect(ours.length).toBeGreaterThanOrEqual(1);
  for (const { State: state } of ours) {
    expect(readProcessFile(state.Pid, 'status')).toMatch(/^CapBnd:\s+0{16}$/m);
    expect(readProcessFile(state.Pid, 'status')).toMatch(/^Seccomp:\s+2$/m);
    expect(readProcessFile(state.Pid, 'oom_score_adj').trim()).toBe('1000');
    expect(namespaceOf(state.Pid, 'net')).not.toBe(namespaceOf('self', 'net'));
  }
});

/** The control group of a sandbox on a server of its own. */
async function controlGroupOn(settings: Partial<Config>): Promise<string> {
  await using server = await startServer(settings);
  const config = { runtime: 'node24', handler: 'main.handler' } as const;
  await server.client.deploy('grouped', config, { files: { 'main.mjs': source } });
  await server.client.invoke('grouped');
  const [id = ''] = await containersOf('grouped');
  const { shim } = await liveProcesses(id);
  return controlGroupPath(shim, 'cpu');
}

describe('all sandboxes together', () => {
  it('weigh as eight processes where others want the processor as well', async () => {
    const path = await controlGroupOn({});
    const { CgroupDriver: driver } = (await docker.info()) as { CgroupDriver: string };
    // Only there do groups belong to whoever makes them.
    expect(path.startsWith('/sraas/')).toBe(driver === 'cgroupfs');
    if (driver === 'cgroupfs') expect(ordinaryProcesses('/sraas')).toBe(8);
  });

  it('stay in the engine’s group where they are to have no weight of their own', async () => {
    expect(await controlGroupOn({ sandboxWeight: 0 })).not.toMatch(/^\/sraas\//);
  });
});

describe('what the operator chose for all sandboxes', () => {
  it('is the control group that they are in', async () => {
    const cgroupParent = '/sraas-adversarial';
    expect(await controlGroupOn({ cgroupParent })).toMatch(/^\/sraas-adversarial\//);
    // The engine leaves the empty parents.
    for (const controller of readdirSync('/sys/fs/cgroup')) {
      try {
        rmdirSync(join('/sys/fs/cgroup', controller, cgroupParent));
      } catch {
        // This controller had none.
      }
    }
  });

  it('is the engine’s low-level runtime', async () => {
    const { Runtimes: runtimes, DefaultRuntime: usual } = (await docker.info()) as {
      Runtimes: object;
      DefaultRuntime: string;
    };
    const engineRuntime = Object.keys(runtimes).find((name) => name !== usual && name.includes('runc'));
    expect(engineRuntime).toBeDefined();
    await using server = await startServer({ engineRuntime: engineRuntime ?? '' });
    await server.client.deploy(
      'lowly',
      { runtime: 'node24', handler: 'main.handler' },
      { files: { 'main.mjs': source } },
    );
    expect((await server.client.invoke('lowly')).invocation.outcome).toBe('ok');
    const [id = ''] = await containersOf('lowly');
    expect((await docker.getContainer(id).inspect()).HostConfig).toMatchObject({ Runtime: engineRuntime });
  });
});
