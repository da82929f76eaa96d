import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Limits } from '../../../src/functions/function.ts';
import { containerSpec } from '../../../src/sandboxes/container-spec.ts';
import { defaultPlan, defaultSpec, fieldsThatDiffer, specWithLimits } from './plans.ts';

describe('the container of a sandbox', () => {
  it('has these settings and no others, for the default limits', () => {
    expect(defaultSpec).toEqual({
      name: 'sraas-0123456789abcdef',
      labels: { 'sraas.managed': 'sandbox', 'sraas.function': 'hello' },
      image: 'sha256:cafe',
      command: [
        '/usr/local/bin/node',
        '--max-old-space-size=192',
        '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
        '/opt/sraas/node/shim.cjs',
      ],
      environment: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: '/tmp',
        TMPDIR: '/tmp',
        LANG: 'C.UTF-8',
        TZ: 'UTC',
        NODE_ENV: 'production',
        NODE_OPTIONS: '',
        LD_PRELOAD: '',
        LD_LIBRARY_PATH: '',
      },
      workingDirectory: '/function',
      hostname: 'sandbox',
      user: { uid: 23_456, gid: 23_456 },
      mounts: [
        { source: '/data/artifacts/abc', target: '/function', readOnly: true },
        { source: '/opt/install/dist/shim', target: '/opt/sraas', readOnly: true },
        { source: '/run/sraas/one/0123456789abcdef', target: '/run/sraas', readOnly: true },
      ],
      temporaryFileSystems: [{ target: '/tmp', sizeBytes: 67_108_864, inodes: 8192 }],
      network: 'none',
      nameServers: [],
      readOnlyRoot: true,
      droppedCapabilities: ['ALL'],
      addedCapabilities: [],
      noNewPrivileges: true,
      seccompProfile: '{"defaultAction":"SCMP_ACT_ERRNO"}',
      memoryBytes: 268_435_456,
      cpus: 0.5,
      cpuShares: 256,
      pids: 64,
      ulimits: { nofile: 1024, core: 0, fsize: 67_108_864, memlock: 65_536, msgqueue: 0, rtprio: 0 },
      ipc: 'none',
      cgroupNamespace: 'private',
      cgroupParent: 'functions.slice',
      oomScoreAdjustment: 1000,
      stdio: 'none',
      init: true,
      engineRuntime: 'runsc',
    });
  });

  it('has its standard streams attached, and nothing mounted for them, where there is no folder for a channel', () => {
    const spec = containerSpec({ ...defaultPlan, channelDirectory: undefined });
    expect(fieldsThatDiffer(defaultSpec, spec)).toEqual(['command', 'mounts', 'stdio']);
    expect(spec.command).toEqual([...defaultSpec.command, '--transport', 'stdio']);
    expect(spec.mounts.map(({ target }) => target)).toEqual(['/function', '/opt/sraas']);
    expect(spec.stdio).toBe('attached');
  });

  it.each<[limit: keyof Limits, value: number, changed: object]>([
    ['cpus', 2, { cpus: 2 }],
    [
      'memoryMb',
      512,
      { memoryBytes: 536_870_912, command: expect.arrayContaining(['--max-old-space-size=384']) as unknown },
    ],
    ['pids', 100, { pids: 100 }],
    [
      'tmpMb',
      128,
      {
        temporaryFileSystems: [{ target: '/tmp', sizeBytes: 134_217_728, inodes: 16_384 }],
        ulimits: { nofile: 1024, core: 0, fsize: 134_217_728, memlock: 65_536, msgqueue: 0, rtprio: 0 },
      },
    ],
    // These three are the host's to enforce.
    ['timeoutMs', 99, {}],
    ['resultBytes', 99, {}],
    ['logBytes', 99, {}],
  ])('changes nothing but what %s is about', (limit, value, changed) => {
    const spec = specWithLimits({ [limit]: value });
    expect(fieldsThatDiffer(spec, defaultSpec).toSorted()).toEqual(Object.keys(changed).toSorted());
    expect(spec).toMatchObject(changed);
  });

  it('leaves a small /tmp enough files to work with', () => {
    expect(specWithLimits({ tmpMb: 1 }).temporaryFileSystems).toEqual([
      { target: '/tmp', sizeBytes: 1_048_576, inodes: 1024 },
    ]);
  });

  it('keeps the heap of Node below the memory limit, whatever that is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 32, max: 1_048_576 }), (memoryMb) => {
        const heap = /^--max-old-space-size=(\d+)$/.exec(specWithLimits({ memoryMb }).command[1] ?? '')?.[1];
        expect(Number(heap)).toBeGreaterThan(0);
        expect(Number(heap)).toBeLessThanOrEqual(memoryMb * 0.75);
      }),
    );
  });

  it('never has a privilege, a writable place but /tmp or a network, whatever the limits are', () => {
    const limits = fc.record({
      cpus: fc.double({ min: 0.01, max: 1024, noNaN: true }),
      memoryMb: fc.integer({ min: 32, max: 1_048_576 }),
      pids: fc.integer({ min: 16, max: 32_768 }),
      timeoutMs: fc.integer({ min: 1, max: 86_400_000 }),
      tmpMb: fc.integer({ min: 1, max: 1_048_576 }),
      resultBytes: fc.integer({ min: 1 }),
      logBytes: fc.integer({ min: 1 }),
    });
    const bounded = new Set(['command', 'memoryBytes', 'cpus', 'pids', 'temporaryFileSystems', 'ulimits']);
    fc.assert(
      fc.property(limits, (given) => {
        const spec = specWithLimits(given);
        expect(fieldsThatDiffer(spec, defaultSpec).filter((field) => !bounded.has(field))).toEqual([]);
        expect(spec.temporaryFileSystems.map(({ target }) => target)).toEqual(['/tmp']);
      }),
    );
  });

  it('has a user and a group of the one id that it was given', () => {
    expect(containerSpec({ ...defaultPlan, uid: 31_000 })).toEqual({
      ...defaultSpec,
      user: { uid: 31_000, gid: 31_000 },
    });
  });

  it('differs for Python in its command and in what the language looks for in the environment', () => {
    const runtime = { name: 'python3.13', language: 'python', interpreter: '/usr/local/bin/python3' } as const;
    const spec = containerSpec({ ...defaultPlan, runtime });
    expect(fieldsThatDiffer(spec, defaultSpec)).toEqual(['command', 'environment']);
    expect(spec.command).toEqual(['/usr/local/bin/python3', '-I', '-B', '-X', 'utf8', '/opt/sraas/python/main.py']);
    expect(spec.environment).toEqual({
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: '/tmp',
      TMPDIR: '/tmp',
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      PYTHONUNBUFFERED: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONPATH: '',
      LD_PRELOAD: '',
      LD_LIBRARY_PATH: '',
    });
  });
});
