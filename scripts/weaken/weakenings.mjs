const posture = 'test/engine/posture.test.ts';
const barriers = 'test/engine/barriers.test.ts';
const host = 'test/adversarial/host-posture.test.ts';
const secrets = 'test/adversarial/secrets.test.ts';
const mebibyte = '1024 * 1024';

/**
 * Every field of a container's specification with a weak value for it: an expression over `spec`, the strong one. With it, where an
 * engine test is expected to notice: a file and the beginning of a title, so that the other tests need not run.
 */
export const weakenings = [
  ['name', `'sraas-sandbox'`, posture, 'has a user id that no other'],
  ['labels', '{}', posture, 'has the contract’s defaults'],
  ['image', `spec.image.replace('sha256:', '')`, posture, 'has the contract’s defaults'],
  ['command', '[spec.command[0], spec.command.at(-1)]', host, 'runs the shim'],
  ['environment', '{ PATH: spec.environment.PATH }', secrets, 'IS-22'],
  ['workingDirectory', `'/'`, host, 'runs the shim'],
  ['hostname', `'the-host'`, secrets, 'IS-22'],
  ['user', '{ uid: 0, gid: 0 }', host, 'has one user'],
  ['user', '{ ...spec.user, gid: 0 }', host, 'has one user'],
  ['user', '{ uid: 20_000, gid: 20_000 }', posture, 'has a user id that no other'],
  ['mounts', 'spec.mounts.map((mount, i) => ({ ...mount, readOnly: i !== 0 }))', barriers, 'code: '],
  ['mounts', 'spec.mounts.map((mount, i) => ({ ...mount, readOnly: i !== 1 }))', host, 'has nothing mounted'],
  ['mounts', 'spec.mounts.map((mount, i) => ({ ...mount, readOnly: i !== 2 }))', host, 'has nothing mounted'],
  [
    'temporaryFileSystems',
    `spec.temporaryFileSystems.map((each) => ({ ...each, sizeBytes: 2048 * ${mebibyte} }))`,
    barriers,
    'writable space: ',
  ],
  [
    'temporaryFileSystems',
    'spec.temporaryFileSystems.map((each) => ({ ...each, inodes: 10_000_000 }))',
    barriers,
    'files: ',
  ],
  [
    'temporaryFileSystems',
    'spec.temporaryFileSystems.map((each) => ({ ...each, executable: true }))',
    posture,
    'has the contract’s defaults',
  ],
  ['stdio', `'attached'`, posture, 'has the contract’s defaults'],
  ['network', `'bridge'`, barriers, 'network: '],
  ['nameServers', `['8.8.8.8']`, posture, 'has the contract’s defaults'],
  ['readOnlyRoot', 'false', barriers, 'root file system: '],
  ['droppedCapabilities', '[]', barriers, 'capabilities: '],
  ['addedCapabilities', `['NET_RAW']`, host, 'has one user'],
  ['noNewPrivileges', 'false', barriers, 'privileges: '],
  ['seccompProfile', `'unconfined'`, barriers, 'seccomp: '],
  ['memoryBytes', 'spec.memoryBytes * 8', barriers, 'memory: '],
  ['cpus', '2', barriers, 'cores: '],
  ['cpuShares', '1024', host, 'is held to'],
  ['pids', '4096', barriers, 'processes: '],
  ['ulimits.nofile', '4096', barriers, 'open files: '],
  ['ulimits.core', '-1', host, 'has the resource limits'],
  ['ulimits.fsize', '-1', host, 'has the resource limits'],
  ['ulimits.memlock', mebibyte, host, 'has the resource limits'],
  ['ulimits.msgqueue', '819_200', barriers, 'message queues: '],
  ['ulimits.rtprio', '99', host, 'has the resource limits'],
  ['ipc', `'private'`, barriers, 'shared memory: '],
  ['cgroupNamespace', `'host'`, host, 'is in namespaces'],
  ['cgroupParent', `''`, host, 'is the control group'],
  ['oomScoreAdjustment', '0', host, 'is held to'],
  ['init', 'false', host, 'runs the shim'],
  ['engineRuntime', `''`, host, 'is the engine’s low-level runtime'],
].map(([field, weak, file, title]) => ({ field, weak, file, title }));
