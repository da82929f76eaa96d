import { describe, expect, it } from 'vitest';
import { examine } from '../../../src/cli/doctor/examine.ts';
import type { Facts } from '../../../src/cli/doctor/facts.ts';
import type { EngineInfo } from '../../../src/engine/engine.ts';

const info: EngineInfo = {
  name: 'docker',
  version: '29.5.1',
  apiVersion: '1.52',
  operatingSystem: 'Linux',
  kernelVersion: '6.1.0',
  architecture: 'x86_64',
  cgroupVersion: 2,
  cgroupDriver: 'systemd',
  securityFeatures: ['name=apparmor', 'name=seccomp,profile=builtin', 'name=userns'],
  runtimes: ['runc', 'runsc'],
  defaultRuntime: 'runc',
  limits: { memory: true, swap: true, cpu: true, pids: true },
  liveRestore: true,
  warnings: [],
};

const healthy: Facts = {
  nodeVersion: '20.19.0',
  userId: 1000,
  settingProblems: [],
  engine: { address: 'unix:///run/docker.sock', answer: { reached: true, info } },
  wantedEngineRuntime: 'runsc',
  images: [
    { runtime: 'node24', ready: true },
    { runtime: 'node22', ready: true },
  ],
  dataDirectory: { path: '/data', found: { isDirectory: true, ownerId: 1000, mode: 0o700 }, freeBytes: 5e10 },
  lowDiskBytes: 5e8,
  database: { usable: true, found: 'PostgreSQL 18.4 at db:5432, database sraas', stepsBehind: 1 },
  port: { host: '127.0.0.1', port: 8080, state: 'free' },
};

const withEngine = (changes: Partial<EngineInfo>): Facts => ({
  ...healthy,
  engine: { address: healthy.engine.address, answer: { reached: true, info: { ...info, ...changes } } },
});

const withoutEngine = (code: 'unreachable' | 'permission_denied' | 'timeout'): Facts => ({
  ...healthy,
  engine: { address: 'unix:///run/docker.sock', answer: { reached: false, code, message: 'no' } },
  images: undefined,
});

const withData = (found: Facts['dataDirectory']['found'], freeBytes = 5e10): Facts => ({
  ...healthy,
  dataDirectory: { path: '/my data', found, freeBytes },
});

const withLimits = (missing: keyof EngineInfo['limits']): Facts =>
  withEngine({ limits: { ...info.limits, [missing]: false } });

describe('doctor', () => {
  it('finds nothing wrong with a machine that is in order', () => {
    const findings = examine(healthy);
    expect(findings).toHaveLength(17);
    expect(findings.filter(({ status }) => status !== 'ok')).toStrictEqual([]);
  });

  it.each<[string, Facts, string, 'ok' | 'warning' | 'problem', string]>([
    ['an old Node', { ...healthy, nodeVersion: '20.9.1' }, 'Node.js', 'problem', 'nvm install'],
    [
      'settings that are wrong',
      { ...healthy, settingProblems: ['--port: no.'] },
      'settings',
      'problem',
      'serve --help',
    ],
    [
      'no database',
      { ...healthy, database: { usable: false, message: 'No PostgreSQL could be reached.' } },
      'database',
      'problem',
      'db migrate',
    ],
    ['no engine', withoutEngine('unreachable'), 'engine', 'problem', 'npm run up'],
    ['an engine that hangs', withoutEngine('timeout'), 'engine', 'problem', 'restart docker'],
    ['no access', withoutEngine('permission_denied'), 'engine permission', 'problem', 'usermod -aG docker'],
    ['an old engine', withEngine({ version: '20.10.24+dfsg1' }), 'engine version', 'warning', 'only-upgrade'],
    ['an engine one patch too old', withEngine({ version: '29.5.0' }), 'engine version', 'warning', 'only-upgrade'],
    ['a newer engine', withEngine({ version: '30.0.0-rc.1' }), 'engine version', 'ok', ''],
    ['control groups 1', withEngine({ cgroupVersion: 1 }), 'control groups', 'warning', 'unified_cgroup_hierarchy'],
    ['no seccomp', withEngine({ securityFeatures: ['name=apparmor'] }), 'seccomp', 'problem', 'docker info'],
    ['features in short words', withEngine({ securityFeatures: ['seccomp'] }), 'seccomp', 'ok', ''],
    ['no access control', withEngine({ securityFeatures: [] }), 'AppArmor or SELinux', 'warning', 'apparmor'],
    ['SELinux', withEngine({ securityFeatures: ['name=selinux'] }), 'AppArmor or SELinux', 'ok', ''],
    ['no memory limit', withLimits('memory'), 'limits', 'problem', 'cgroup_enable=memory'],
    ['no limit of processes', withLimits('pids'), 'limits', 'problem', 'cgroup_enable'],
    ['no swap limit', withLimits('swap'), 'limits', 'warning', 'swapaccount=1'],
    ['no remapping', withEngine({ securityFeatures: [] }), 'user namespaces', 'warning', 'rootless'],
    ['a rootless engine', withEngine({ securityFeatures: ['name=rootless'] }), 'user namespaces', 'ok', ''],
    [
      'a runtime that is not there',
      withEngine({ runtimes: ['runc'] }),
      'engine runtime',
      'problem',
      'SRAAS_ENGINE_RUNTIME',
    ],
    [
      'one image missing',
      {
        ...healthy,
        images: [
          { runtime: 'node24', ready: true },
          { runtime: 'node22', ready: false },
        ],
      },
      'runtime images',
      'warning',
      'npx sraas images build node22',
    ],
    [
      'no image',
      { ...healthy, images: [{ runtime: 'a', ready: false }] },
      'runtime images',
      'problem',
      'images build a',
    ],
    ['no data yet', withData(undefined), 'data directory', 'ok', ''],
    [
      'a file for data',
      withData({ isDirectory: false, ownerId: 1000, mode: 0o600 }),
      'data directory',
      'problem',
      'mv',
    ],
    [
      "another's data",
      withData({ isDirectory: true, ownerId: 1, mode: 0o700 }),
      'data directory',
      'problem',
      "chown -R 1000 '/my data'",
    ],
    [
      'data for all to read',
      withData({ isDirectory: true, ownerId: 1000, mode: 0o755 }),
      'data directory',
      'warning',
      'chmod 700',
    ],
    [
      'data for all to write',
      withData({ isDirectory: true, ownerId: 1000, mode: 0o770 }),
      'data directory',
      'problem',
      'chmod 700',
    ],
    ['little space', withData(undefined, 1e9), 'free space', 'warning', 'df -h'],
    ['too little space for deploys', withData(undefined, 4e8), 'free space', 'problem', 'df -h'],
    ['no space', { ...withData(undefined, 1e7), lowDiskBytes: 0 }, 'free space', 'problem', 'df -h'],
    ['a port that is taken', { ...healthy, port: { ...healthy.port, state: 'taken' } }, 'port', 'problem', 'ss -ltnp'],
    [
      'a port that is refused',
      { ...healthy, port: { ...healthy.port, state: 'refused' } },
      'port',
      'problem',
      '--port',
    ],
    ['our server', { ...healthy, port: { ...healthy.port, state: 'ours' } }, 'port', 'ok', ''],
    ['root', { ...healthy, userId: 0 }, 'user', 'warning', 'useradd'],
  ])('judges %s', (_what, facts, name, status, command) => {
    const finding = examine(facts).find((each) => each.name === name);
    expect(finding?.status).toBe(status);
    expect(finding?.remedy?.command ?? '').toContain(command);
    expect(finding?.remedy === undefined).toBe(status === 'ok');
  });

  it('says nothing about an engine that it could not ask', () => {
    const names = examine(withoutEngine('unreachable')).map(({ name }) => name);
    expect(names).not.toContain('seccomp');
    expect(names).not.toContain('engine permission');
    expect(names).not.toContain('runtime images');
  });
});
