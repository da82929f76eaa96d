import type Docker from 'dockerode';
import type { ContainerSpec } from '../../../src/engine/container.ts';
import type { CreateBody } from '../../../src/engine/docker/create-body.ts';

/** A container whose every field has a value of its own. */
export const spec: ContainerSpec = {
  name: 'sraas-1',
  labels: { 'sraas.managed': 'sandbox', 'sraas.version': '3' },
  image: 'sha256:cafe',
  command: ['/usr/local/bin/node', '--max-old-space-size=192', '/opt/sraas/node/shim.cjs'],
  environment: { PATH: '/usr/bin', NODE_OPTIONS: '', ODD: 'a=b' },
  workingDirectory: '/function',
  hostname: 'sandbox',
  user: { uid: 23_456, gid: 23_457 },
  mounts: [{ source: '/data/code', target: '/function', readOnly: true }],
  temporaryFileSystems: [{ target: '/tmp', sizeBytes: 67_108_864, inodes: 8192 }],
  network: 'none',
  nameServers: ['192.0.2.53'],
  readOnlyRoot: true,
  droppedCapabilities: ['ALL'],
  addedCapabilities: [],
  noNewPrivileges: true,
  seccompProfile: '{"defaultAction":"SCMP_ACT_ERRNO"}',
  memoryBytes: 268_435_456,
  cpus: 0.5,
  cpuShares: 256,
  pids: 64,
  ulimits: { nofile: 1024, core: 0 },
  ipc: 'none',
  cgroupNamespace: 'private',
  cgroupParent: '',
  oomScoreAdjustment: 1000,
  stdio: 'none',
  init: true,
  engineRuntime: '',
};

/** What `GET /containers/{id}/json` says, as far as it is read, with every level open to a test's changes. */
export interface InspectAnswer {
  Name: string;
  Image: string;
  AppArmorProfile: string;
  Config: Record<string, unknown>;
  HostConfig: Record<string, unknown>;
  Mounts: { Type: string; Source: string; Destination: string; RW: boolean }[];
  State: { Running: boolean; Pid: number };
}

/** The answer of an engine that recorded exactly what was sent, in the form that Docker 20.10 and newer give it. */
export function inspectAnswer(body: CreateBody): InspectAnswer {
  const { name = '', HostConfig: host, Image: image = '', ...config } = structuredClone(body);
  return {
    Name: `/${name}`,
    Image: image,
    AppArmorProfile: '',
    Config: { ...config, Image: image, OnBuild: null },
    HostConfig: {
      ...host,
      // Added by the engine itself.
      Runtime: 'runc',
      Cgroup: '',
      ContainerIDFile: '',
      ConsoleSize: [0, 0],
      Isolation: '',
      CpuQuota: 0,
      MemorySwappiness: null,
      OomKillDisable: null,
      ShmSize: 67_108_864,
      MaskedPaths: ['/proc/kcore', '/sys/firmware'],
      ReadonlyPaths: ['/proc/sys'],
    },
    Mounts: (host.Mounts ?? []).map((mount) => ({
      Type: 'bind',
      Source: mount.Source,
      Destination: mount.Target,
      RW: mount.ReadOnly !== true,
    })),
    State: { Running: true, Pid: 4711 },
  };
}

/** The same, for the code that reads an answer. */
export function asDocker(answer: InspectAnswer): Docker.ContainerInspectInfo {
  return answer as unknown as Docker.ContainerInspectInfo;
}
