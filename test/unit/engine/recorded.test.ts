import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContainerSpec, RecordedContainer } from '../../../src/engine/container.ts';
import { createBody } from '../../../src/engine/docker/create-body.ts';
import { recordedContainer } from '../../../src/engine/docker/recorded.ts';
import { asDocker, inspectAnswer, spec, type InspectAnswer } from './specs.ts';

function recorded(asked: ContainerSpec, change: (answer: InspectAnswer) => void = () => undefined): RecordedContainer {
  const answer = inspectAnswer(createBody(asked));
  change(answer);
  return recordedContainer(asDocker(answer), asked);
}

/** The fields that came back otherwise than they were asked for. */
function changedFields(asked: ContainerSpec, { spec: found }: RecordedContainer): readonly string[] {
  const fields = Object.keys(asked) as (keyof ContainerSpec)[];
  return fields.filter((field) => JSON.stringify(asked[field]) !== JSON.stringify(found[field]));
}

describe('a container as the engine recorded it', () => {
  it('is what was asked for when the engine did as it was told', () => {
    expect(recorded(spec)).toEqual({ spec, unexpected: [], running: true, processId: 4711 });
  });

  it('is what was asked for, whatever that was', () => {
    const words = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ maxLength: 12 }), { maxKeys: 4 });
    const asked = fc.record({
      labels: words,
      environment: words,
      mounts: fc.array(fc.record({ source: fc.string(), target: fc.string(), readOnly: fc.boolean() }), {
        maxLength: 3,
      }),
      readOnlyRoot: fc.boolean(),
      noNewPrivileges: fc.boolean(),
      init: fc.boolean(),
      memoryBytes: fc.integer({ min: 1, max: 2 ** 40 }),
      cpus: fc.integer({ min: 1, max: 100_000 }).map((hundredths) => hundredths / 100),
      pids: fc.integer({ min: 1, max: 32_768 }),
      network: fc.constantFrom('none', 'functions'),
      engineRuntime: fc.constantFrom('', 'runsc'),
      ulimits: fc.dictionary(fc.constantFrom('nofile', 'core', 'fsize'), fc.nat()),
      temporaryFileSystems: fc.array(
        fc.record({ target: fc.constantFrom('/tmp', '/var/tmp'), sizeBytes: fc.nat(), inodes: fc.nat() }),
        { maxLength: 1 },
      ),
    });
    fc.assert(
      fc.property(asked, (fields) => {
        const wanted = { ...spec, ...fields };
        const setRuntime = (answer: InspectAnswer): void => {
          if (fields.engineRuntime !== '') answer.HostConfig['Runtime'] = fields.engineRuntime;
        };
        expect(recorded(wanted, setRuntime)).toMatchObject({ spec: wanted, unexpected: [] });
      }),
    );
  });

  it('says whether it runs', () => {
    const ended = recorded(spec, (answer) => {
      answer.State = { Running: false, Pid: 0 };
    });
    expect(ended).toMatchObject({ running: false, processId: 0 });
  });

  it('keeps to the labels and variables that were asked for: images have some of their own', () => {
    const withOwn = recorded(spec, ({ Config: config }) => {
      config['Labels'] = { ...spec.labels, 'org.image': 'own' };
      config['Env'] = [...Object.entries(spec.environment).map((pair) => pair.join('=')), 'NODE_VERSION=24'];
    });
    expect(withOwn.spec).toEqual(spec);
  });
});

describe('a weaker setting than was asked for', () => {
  it.each<[field: keyof ContainerSpec, setting: string, values: readonly unknown[]]>([
    ['network', 'NetworkMode', ['bridge', 'host', 'container:abc', undefined]],
    ['readOnlyRoot', 'ReadonlyRootfs', [false, undefined]],
    ['droppedCapabilities', 'CapDrop', [['NET_RAW'], [], null, undefined]],
    ['addedCapabilities', 'CapAdd', [['SYS_ADMIN']]],
    ['noNewPrivileges', 'SecurityOpt', [['seccomp={"defaultAction":"SCMP_ACT_ERRNO"}']]],
    ['noNewPrivileges', 'SecurityOpt', [['no-new-privileges=false', 'seccomp={"defaultAction":"SCMP_ACT_ERRNO"}']]],
    ['seccompProfile', 'SecurityOpt', [['no-new-privileges', 'seccomp=unconfined'], ['no-new-privileges']]],
    ['memoryBytes', 'Memory', [0, 999_999_999_999, undefined]],
    ['memoryBytes', 'MemorySwap', [-1, 0, 999_999_999_999, undefined]],
    ['cpus', 'NanoCpus', [0, 4_000_000_000, undefined]],
    ['cpuShares', 'CpuShares', [0, 1024, undefined]],
    ['pids', 'PidsLimit', [0, -1, null, undefined]],
    ['ulimits', 'Ulimits', [[], null, undefined, [{ Name: 'nofile', Soft: 1024, Hard: 1_048_576 }]]],
    ['ipc', 'IpcMode', ['shareable', 'host', undefined]],
    ['cgroupNamespace', 'CgroupnsMode', ['host', undefined]],
    ['oomScoreAdjustment', 'OomScoreAdj', [0, -1000, undefined]],
    ['init', 'Init', [false, null, undefined]],
    ['cgroupParent', 'CgroupParent', ['/other']],
    ['temporaryFileSystems', 'Tmpfs', [{}, null, { '/tmp': 'rw,noexec,nosuid,nodev,mode=1777' }, { '/tmp': '' }]],
    ['temporaryFileSystems', 'Tmpfs', [{ '/tmp': 'rw,size=999999999999,nr_inodes=8192' }]],
    ['temporaryFileSystems', 'Tmpfs', [{ '/tmp': 'rw,size=67108864,nr_inodes=0' }]],
  ])('in %s (%s) shows as a difference', (field, setting, values) => {
    for (const value of values) {
      const found = recorded(spec, (answer) => {
        answer.HostConfig[setting] = value;
      });
      expect(changedFields(spec, found), JSON.stringify(value)).toEqual([field]);
    }
  });

  it.each<[field: keyof ContainerSpec, setting: string, values: readonly unknown[]]>([
    ['user', 'User', ['0:0', '', 'node', '23456', '23456:0']],
    ['command', 'Entrypoint', [['/bin/sh', '-c'], null, '/bin/sh']],
    ['command', 'Cmd', [['/opt/other.mjs']]],
    ['workingDirectory', 'WorkingDir', ['', '/tmp']],
    ['hostname', 'Hostname', ['host']],
    ['stdio', 'OpenStdin', [true]],
    ['stdio', 'AttachStdout', [true]],
    ['environment', 'Env', [[], ['PATH=/tmp', 'NODE_OPTIONS=', 'ODD=a=b']]],
    ['labels', 'Labels', [{}, { 'sraas.managed': 'no', 'sraas.version': '3' }]],
  ])('in %s (%s) shows as a difference', (field, setting, values) => {
    for (const value of values) {
      const found = recorded(spec, (answer) => {
        answer.Config[setting] = value;
      });
      expect(changedFields(spec, found), JSON.stringify(value)).toEqual([field]);
    }
  });

  it('in a mount shows as a difference', () => {
    const [mount] = createBody(spec).HostConfig.Mounts ?? [];
    for (const mounts of [[{ ...mount, ReadOnly: false }], [{ ...mount, Source: '/' }], [mount, mount], [], null]) {
      const found = recorded(spec, (answer) => {
        answer.HostConfig['Mounts'] = mounts;
      });
      expect(changedFields(spec, found), JSON.stringify(mounts)).toEqual(['mounts']);
    }
  });

  it('in the image, the name and the low-level runtime shows as a difference', () => {
    const wanted = { ...spec, engineRuntime: 'runsc' };
    const found = recorded(wanted, (answer) => {
      Object.assign(answer, { Image: 'sha256:beef', Name: '/other' });
    });
    expect(changedFields(wanted, found)).toEqual(['name', 'image', 'engineRuntime']);
  });
});

describe('a setting that no container may have', () => {
  it.each<[setting: string, value: unknown]>([
    ['Privileged', true],
    ['Binds', ['/:/host']],
    ['VolumesFrom', ['other']],
    ['Devices', [{ PathOnHost: '/dev/kmsg' }]],
    ['DeviceCgroupRules', ['a *:* rwm']],
    ['DeviceRequests', [{ Driver: 'nvidia' }]],
    ['PortBindings', { '80/tcp': [{ HostPort: '80' }] }],
    ['PublishAllPorts', true],
    ['Links', ['db']],
    ['ExtraHosts', ['a:127.0.0.1']],
    ['GroupAdd', ['docker']],
    ['Sysctls', { 'net.ipv4.ip_forward': '1' }],
    ['PidMode', 'host'],
    ['UTSMode', 'host'],
    ['UsernsMode', 'host'],
    ['OomKillDisable', true],
    ['AutoRemove', true],
  ])('is reported: %s', (setting, value) => {
    const found = recorded(spec, (answer) => {
      answer.HostConfig[setting] = value;
    });
    expect(found.unexpected).toEqual([`${setting}: ${JSON.stringify(value)}`]);
    expect(found.spec).toEqual(spec);
  });

  it.each<[what: string, change: (answer: InspectAnswer) => void]>([
    ['UnmaskedPaths', ({ HostConfig: host }) => (host['MaskedPaths'] = [])],
    ['WritableKernelPaths', ({ HostConfig: host }) => (host['ReadonlyPaths'] = [])],
    ['LogDriver', ({ HostConfig: host }) => (host['LogConfig'] = { Type: 'json-file', Config: {} })],
    ['RestartPolicy', ({ HostConfig: host }) => (host['RestartPolicy'] = { Name: 'always' })],
    ['AppArmor', (answer) => (answer.AppArmorProfile = 'unconfined')],
    ['Tty', ({ Config: config }) => (config['Tty'] = true)],
    ['Volumes', ({ Mounts: mounts }) => mounts.push({ Type: 'volume', Source: 'v', Destination: '/data', RW: true })],
  ])('is reported: %s', (what, change) => {
    const found = recorded(spec, (answer) => {
      change(answer);
    });
    expect(found.unexpected).toEqual([expect.stringMatching(new RegExp(`^${what}: `))]);
  });

  it('is not seen in what engines say in several ways', () => {
    const found = recorded(spec, ({ HostConfig: host }) => {
      for (const empty of ['Binds', 'Devices', 'Links', 'VolumesFrom', 'CapAdd', 'GroupAdd', 'Sysctls'])
        host[empty] = null;
      for (const empty of ['PortBindings', 'ExtraHosts', 'DeviceRequests', 'DeviceCgroupRules'])
        host[empty] = undefined;
      host['OomKillDisable'] = false;
    });
    expect(found).toMatchObject({ spec, unexpected: [] });
  });
});
