import { readFile, readlink } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containersOf, docker, until } from '../support/containers.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const config = { runtime: 'node24', handler: 'main.handler' } as const;

async function inspectLive(
  name: string,
): Promise<Awaited<ReturnType<ReturnType<typeof docker.getContainer>['inspect']>>> {
  const [id] = await containersOf(name);
  if (id === undefined) throw new Error(`No sandbox of ${name} is alive`);
  return docker.getContainer(id).inspect();
}

describe('a live sandbox, as the engine recorded it', () => {
  it('has the contract’s defaults', async () => {
    await server.client.deploy('posture', config, { files: { 'main.mjs': 'export const handler = () => 1' } });
    await server.client.invoke('posture');
    const { HostConfig: host, Config: recorded } = await inspectLive('posture');
    expect(host).toMatchObject({
      NanoCpus: 500_000_000,
      Memory: 268_435_456,
      MemorySwap: 268_435_456,
      PidsLimit: 64,
      NetworkMode: 'none',
      Dns: [],
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=67108864,nr_inodes=8192,mode=1777' },
      CapDrop: ['ALL'],
      Privileged: false,
      IpcMode: 'none',
      CgroupnsMode: 'private',
      OomScoreAdj: 1000,
      Init: true,
      AutoRemove: false,
      LogConfig: { Type: 'none' },
      RestartPolicy: { Name: 'no' },
    });
    expect(host.CapAdd ?? []).toEqual([]);
    expect(host.Binds ?? []).toEqual([]);
    expect((host.Mounts ?? []).map((mount) => [mount.Target, mount.ReadOnly])).toEqual([
      ['/function', true],
      ['/opt/sraas', true],
      ['/run/sraas', true],
    ]);
    const [noNewPrivileges, seccomp] = host.SecurityOpt as readonly string[];
    expect(noNewPrivileges).toBe('no-new-privileges');
    expect(JSON.parse((seccomp ?? '').replace(/^seccomp=/, ''))).toMatchObject({ defaultAction: 'SCMP_ACT_ERRNO' });
    expect(recorded.User).toMatch(/^([2-5]\d{4}):\1$/);
    expect(recorded).toMatchObject({ Tty: false, OpenStdin: false, AttachStdin: false, AttachStdout: false });
    expect(recorded.Healthcheck).toEqual({ Test: ['NONE'] });
  });

  it('has the limits that its function asked for', async () => {
    const limits = { cpus: 0.25, memory_mb: 128, pids: 32, tmp_mb: 8 };
    await server.client.deploy(
      'small',
      { ...config, limits },
      { files: { 'main.mjs': 'export const handler = () => 1' } },
    );
    await server.client.invoke('small');
    expect((await inspectLive('small')).HostConfig).toMatchObject({
      NanoCpus: 250_000_000,
      Memory: 134_217_728,
      MemorySwap: 134_217_728,
      PidsLimit: 32,
      Tmpfs: { '/tmp': expect.stringContaining('size=8388608') as string },
    });
  });

  it('says nothing of the function’s environment, and holds only its own', async () => {
    const files = { 'main.mjs': 'export const handler = () => process.env' };
    await server.client.deploy('secretive', { ...config, env: { TOKEN: 'canary-31337' } }, { files });
    const { result } = await server.client.invoke('secretive');
    expect(Object.keys(result as object).sort()).toEqual(
      [
        'HOME',
        'LANG',
        'LD_LIBRARY_PATH',
        'LD_PRELOAD',
        'NODE_ENV',
        'NODE_OPTIONS',
        'PATH',
        'TMPDIR',
        'TOKEN',
        'TZ',
        'HOSTNAME',
      ].sort(),
    );
    expect(JSON.stringify(await inspectLive('secretive'))).not.toContain('canary-31337');
  });

  it('has a user id that no other live sandbox has', async () => {
    const files = {
      'main.mjs': 'export const handler = () => new Promise((r) => setTimeout(r, 300, process.getuid()))',
    };
    await server.client.deploy('crowd', config, { files });
    const replies = await Promise.all(Array.from({ length: 4 }, () => server.client.invoke('crowd')));
    // Where starts take long, one of them serves two calls, and another none.
    const containers = await Promise.all((await containersOf('crowd')).map((id) => docker.getContainer(id).inspect()));
    const users = containers.map(({ Config: { User: user } }) => user);
    expect(users.length).toBeGreaterThan(1);
    expect(new Set(users).size).toBe(users.length);
    for (const { result } of replies) expect(users).toContain(`${String(result)}:${String(result)}`);
  });
});

describe('a live sandbox, as the kernel has it', () => {
  it('has no capabilities, no way to gain any, a seccomp filter, and namespaces of its own', async () => {
    await server.client.deploy('kernel', config, { files: { 'main.mjs': 'export const handler = () => 1' } });
    await server.client.invoke('kernel');
    const { State: state } = await inspectLive('kernel');
    const status = await readFile(`/proc/${state.Pid}/status`, 'utf8');
    const field = (name: string): string | undefined => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1];
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) expect(field(set)).toBe('0000000000000000');
    expect(field('NoNewPrivs')).toBe('1');
    expect(field('Seccomp')).toBe('2');
    expect(field('Groups')?.trim()).toMatch(/^(\d{5})?$/);
    for (const namespace of ['net', 'pid', 'mnt', 'ipc', 'uts', 'cgroup']) {
      const [theirs, ours] = await Promise.all([
        readlink(`/proc/${state.Pid}/ns/${namespace}`),
        readlink(`/proc/self/ns/${namespace}`),
      ]);
      expect(theirs, namespace).not.toBe(ours);
    }
  });
});

describe('a sandbox that is removed by someone else', () => {
  it('while it runs a call: the call ends at once, as exited, and the next one gets a new sandbox', async () => {
    const files = { 'main.mjs': 'export const handler = ({ ms }) => new Promise((r) => setTimeout(r, ms, 1))' };
    await server.client.deploy('victim', config, { files });
    await server.client.invoke('victim', { event: { ms: 1 } });
    const [id = ''] = await containersOf('victim');
    const running = server.client.invoke('victim', { event: { ms: 8000 } });
    // The call reaches the warm sandbox before a request that is sent after it reaches the engine by way of this process.
    await server.client.health();
    await docker.getContainer(id).remove({ force: true });
    expect((await running).invocation.outcome).toBe('exited');
    expect((await server.client.invoke('victim', { event: { ms: 1 } })).result).toBe(1);
  });

  it('while it is idle: the next call gets a new one', async () => {
    await server.client.deploy('idler', config, { files: { 'main.mjs': 'export const handler = () => 1' } });
    await server.client.invoke('idler');
    const [id = ''] = await containersOf('idler');
    await docker.getContainer(id).remove({ force: true });
    await until(async () => (await containersOf('idler')).length === 0, 5000, 'it is gone');
    expect(await server.client.invoke('idler')).toMatchObject({
      result: 1,
      invocation: { outcome: 'ok', cold_start: true },
    });
  });
});
