import { describe, expect, it } from 'vitest';
import { createBody } from '../../../src/engine/docker/create-body.ts';
import { spec } from './specs.ts';

describe('what is sent to create a container', () => {
  it('is all of this and nothing else', () => {
    expect(createBody(spec)).toEqual({
      name: 'sraas-1',
      Image: 'sha256:cafe',
      User: '23456:23457',
      Entrypoint: ['/usr/local/bin/node'],
      Cmd: ['--max-old-space-size=192', '/opt/sraas/node/shim.cjs'],
      WorkingDir: '/function',
      Env: ['PATH=/usr/bin', 'NODE_OPTIONS=', 'ODD=a=b'],
      Hostname: 'sandbox',
      Domainname: '',
      Labels: { 'sraas.managed': 'sandbox', 'sraas.version': '3' },
      Tty: false,
      OpenStdin: false,
      StdinOnce: false,
      AttachStdin: false,
      AttachStdout: false,
      AttachStderr: false,
      ExposedPorts: {},
      Volumes: {},
      Healthcheck: { Test: ['NONE'] },
      StopSignal: 'SIGKILL',
      StopTimeout: 1,
      NetworkDisabled: true,
      HostConfig: {
        NetworkMode: 'none',
        ReadonlyRootfs: true,
        Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=67108864,nr_inodes=8192,mode=1777' },
        Mounts: [
          {
            Type: 'bind',
            Source: '/data/code',
            Target: '/function',
            ReadOnly: true,
            BindOptions: { Propagation: 'rprivate' },
          },
        ],
        CapDrop: ['ALL'],
        CapAdd: [],
        Privileged: false,
        GroupAdd: [],
        SecurityOpt: ['no-new-privileges', 'seccomp={"defaultAction":"SCMP_ACT_ERRNO"}'],
        Memory: 268_435_456,
        MemorySwap: 268_435_456,
        NanoCpus: 500_000_000,
        CpuShares: 256,
        PidsLimit: 64,
        Ulimits: [
          { Name: 'nofile', Soft: 1024, Hard: 1024 },
          { Name: 'core', Soft: 0, Hard: 0 },
        ],
        IpcMode: 'none',
        PidMode: '',
        UTSMode: '',
        CgroupnsMode: 'private',
        UsernsMode: '',
        CgroupParent: '',
        OomScoreAdj: 1000,
        Init: true,
        LogConfig: { Type: 'none', Config: {} },
        RestartPolicy: { Name: 'no' },
        AutoRemove: false,
        Binds: [],
        VolumesFrom: [],
        Devices: [],
        DeviceCgroupRules: [],
        DeviceRequests: [],
        PortBindings: {},
        PublishAllPorts: false,
        Links: [],
        ExtraHosts: [],
        Dns: ['192.0.2.53'],
        DnsOptions: [],
        DnsSearch: [],
        Sysctls: {},
      },
    });
  });

  // What an image, or the engine's configuration, decides when it is left out.
  it.each(
    [
      'User Entrypoint Cmd WorkingDir Env Hostname Domainname Labels Tty OpenStdin StdinOnce AttachStdin AttachStdout',
      'AttachStderr ExposedPorts Volumes Healthcheck StopSignal StopTimeout NetworkDisabled',
    ].flatMap((names) => names.split(' ')),
  )('always says %s', (name) => {
    expect(createBody({ ...spec, labels: {}, environment: {} })).toHaveProperty([name]);
  });

  it.each(
    [
      'NetworkMode ReadonlyRootfs Tmpfs Mounts CapDrop CapAdd Privileged GroupAdd SecurityOpt Memory MemorySwap NanoCpus',
      'CpuShares PidsLimit Ulimits IpcMode PidMode UTSMode CgroupnsMode UsernsMode CgroupParent OomScoreAdj Init LogConfig',
      'RestartPolicy AutoRemove Binds VolumesFrom Devices DeviceCgroupRules DeviceRequests PortBindings PublishAllPorts',
      'Links ExtraHosts Dns DnsOptions DnsSearch Sysctls',
    ].flatMap((names) => names.split(' ')),
  )('always says HostConfig.%s', (name) => {
    expect(createBody({ ...spec, mounts: [], temporaryFileSystems: [], ulimits: {} }).HostConfig).toHaveProperty([
      name,
    ]);
  });

  it.each(['MaskedPaths', 'ReadonlyPaths'])(
    'leaves HostConfig.%s to the engine, whose own list is the best',
    (name) => {
      expect(createBody(spec).HostConfig).not.toHaveProperty([name]);
    },
  );

  it('opens the standard streams for one attachment where they are asked for', () => {
    const { OpenStdin, StdinOnce, AttachStdin, AttachStdout, AttachStderr } = createBody({
      ...spec,
      stdio: 'attached',
    });
    expect([OpenStdin, StdinOnce, AttachStdin, AttachStdout, AttachStderr]).toEqual([true, true, true, true, true]);
  });

  it('always names a system call filter, and no other security option than those two', () => {
    expect(createBody({ ...spec, noNewPrivileges: false }).HostConfig.SecurityOpt).toEqual([
      'seccomp={"defaultAction":"SCMP_ACT_ERRNO"}',
    ]);
  });

  it('names the low-level runtime only where one was chosen', () => {
    expect(createBody(spec).HostConfig).not.toHaveProperty('Runtime');
    expect(createBody({ ...spec, engineRuntime: 'runsc' }).HostConfig).toMatchObject({ Runtime: 'runsc' });
  });

  it('has a network only where one was asked for', () => {
    expect(createBody({ ...spec, network: 'functions' })).toMatchObject({
      NetworkDisabled: false,
      HostConfig: { NetworkMode: 'functions' },
    });
  });

  it('says processor time in whole billionths of a core', () => {
    expect(createBody({ ...spec, cpus: 0.1 + 0.2 }).HostConfig.NanoCpus).toBe(300_000_000);
    expect(createBody({ ...spec, cpus: 1 / 3 }).HostConfig.NanoCpus).toBe(333_333_333);
  });
});
