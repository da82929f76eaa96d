import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContainerSpec, RecordedContainer } from '../../../src/engine/container.ts';
import { postureDifferences } from '../../../src/sandboxes/posture.ts';
import { defaultSpec } from './plans.ts';

const recorded = (spec: ContainerSpec, unexpected: readonly string[] = []): RecordedContainer => ({
  spec,
  unexpected,
  running: true,
  processId: 4711,
});

/** Every field, each with another value than was asked for. */
const weaker: ContainerSpec = {
  name: 'web',
  labels: {},
  image: 'sha256:beef',
  command: ['/bin/sh'],
  environment: { ...defaultSpec.environment, NODE_OPTIONS: '--inspect=0.0.0.0' },
  workingDirectory: '/',
  hostname: 'host',
  user: { uid: defaultSpec.user.uid, gid: 0 },
  mounts: defaultSpec.mounts.map((mount, index) => ({ ...mount, readOnly: index !== 0 })),
  temporaryFileSystems: [{ target: '/tmp', sizeBytes: 0, inodes: 8192 }],
  network: 'bridge',
  nameServers: ['192.0.2.53'],
  readOnlyRoot: false,
  droppedCapabilities: [],
  addedCapabilities: ['SYS_ADMIN'],
  noNewPrivileges: false,
  seccompProfile: 'unconfined',
  memoryBytes: 0,
  cpus: 0,
  cpuShares: 1024,
  pids: -1,
  ulimits: { ...defaultSpec.ulimits, core: -1 },
  ipc: 'private',
  cgroupNamespace: 'host' as 'private',
  cgroupParent: '',
  oomScoreAdjustment: 0,
  stdio: 'attached',
  init: false,
  engineRuntime: 'runc',
};

describe('the comparison of what was asked for with what the engine recorded', () => {
  it('finds nothing where they are the same', () => {
    expect(postureDifferences(defaultSpec, recorded(defaultSpec))).toEqual([]);
  });

  it.each(Object.keys(weaker) as (keyof ContainerSpec)[])('names %s when it is another', (field) => {
    const differences = postureDifferences(defaultSpec, recorded({ ...defaultSpec, [field]: weaker[field] }));
    expect(differences).toEqual([expect.stringMatching(new RegExp(`^${field}: asked .+, recorded `))]);
  });

  it('names all fields that differ, not the first', () => {
    expect(postureDifferences(defaultSpec, recorded(weaker))).toHaveLength(Object.keys(defaultSpec).length);
  });

  it('reports a mount, a label, a variable or a resource limit that is missing, or that nobody asked for', () => {
    const extra = { source: '/', target: '/host', readOnly: true };
    for (const field of [
      { mounts: defaultSpec.mounts.slice(1) },
      { mounts: [...defaultSpec.mounts, extra] },
      { labels: { ...defaultSpec.labels, other: '1' } },
      { environment: { ...defaultSpec.environment, LD_AUDIT: '/evil.so' } },
      { ulimits: { ...defaultSpec.ulimits, nproc: 1 } },
      { temporaryFileSystems: [] },
    ]) {
      expect(postureDifferences(defaultSpec, recorded({ ...defaultSpec, ...field })), JSON.stringify(field)).toEqual([
        expect.stringMatching(`^${Object.keys(field).join()}: `),
      ]);
    }
  });

  it('reports each setting that no sandbox may have', () => {
    const unexpected = ['Privileged: true', 'Devices: ["/dev/kmsg"]'];
    expect(postureDifferences(defaultSpec, recorded(defaultSpec, unexpected))).toEqual([
      'unexpected Privileged: true',
      'unexpected Devices: ["/dev/kmsg"]',
    ]);
  });

  it('does not mind in which order the engine gives maps, and lists that were maps', () => {
    const anyOrder = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
      fc.shuffledSubarray([...items], { minLength: items.length });
    const anyOrderOfMembers = <T>(map: Readonly<Record<string, T>>): fc.Arbitrary<Record<string, T>> =>
      anyOrder(Object.entries(map)).map((entries) => Object.fromEntries(entries));
    const reordered = fc.record({
      labels: anyOrderOfMembers(defaultSpec.labels),
      environment: anyOrderOfMembers(defaultSpec.environment),
      ulimits: anyOrderOfMembers(defaultSpec.ulimits),
      mounts: anyOrder(defaultSpec.mounts),
    });
    fc.assert(
      fc.property(reordered, (order) => {
        expect(postureDifferences(defaultSpec, recorded({ ...defaultSpec, ...order }))).toEqual([]);
      }),
    );
  });

  it('does not repeat a whole profile for one difference in it', () => {
    const seccompProfile = JSON.stringify({ syscalls: Array.from({ length: 1000 }, (_, index) => `call${index}`) });
    const [difference] = postureDifferences(defaultSpec, recorded({ ...defaultSpec, seccompProfile }));
    expect(difference?.length).toBeLessThan(400);
  });
});
