import { describe, expect, it } from 'vitest';
import { installSpec, type InstallPlan } from '../../../src/dependencies/install-spec.ts';
import { confinement } from '../../../src/sandboxes/container-spec.ts';

const plan: InstallPlan = {
  manager: 'npm',
  image: 'sha256:base',
  inputDirectory: '/data/input',
  installNetwork: 'default',
  registries: { npmRegistry: '', pipIndex: '', certificatesFile: '' },
  limits: { timeoutMs: 1000, memoryMb: 1024, cpus: 1, pids: 256, packedBytes: 1 },
  sandboxId: 'install-1',
  labels: {},
  uid: 20_001,
  network: undefined,
  seccompProfile: '{}',
  cgroupParent: '',
  engineRuntime: '',
};

describe('the container of an install', () => {
  it('has the walls of a sandbox in everything that it does not need otherwise', () => {
    const walls = confinement({ ...plan, limits: { ...plan.limits, tmpMb: 16 } });
    const different = ['temporaryFileSystems', 'ulimits', 'network'];
    const same = Object.fromEntries(Object.entries(walls).filter(([field]) => !different.includes(field)));
    expect(installSpec(plan)).toMatchObject(same);
  });

  it('sees what it installs from read-only, and may run programs in its work folder alone', () => {
    const { mounts, temporaryFileSystems } = installSpec(plan);
    expect(mounts).toEqual([{ source: '/data/input', target: '/upload', readOnly: true }]);
    expect(temporaryFileSystems.map(({ target, executable }) => [target, executable])).toEqual([
      ['/tmp', undefined],
      ['/install', true],
    ]);
    expect(temporaryFileSystems[1]?.sizeBytes).toBe(768 * 1024 * 1024);
  });

  it.each([
    ['default', 'bridge'],
    ['none', 'none'],
  ] as const)('has for the network %s the engine’s %s', (installNetwork, network) => {
    expect(installSpec({ ...plan, installNetwork }).network).toBe(network);
  });

  it('has the filtered network of functions where that is wanted', () => {
    const network = { network: 'sraas-1', nameServers: ['192.0.2.1'], resolverFile: '/data/resolv.conf' };
    const spec = installSpec({ ...plan, installNetwork: 'egress', network });
    expect(spec).toMatchObject({ network: 'sraas-1', nameServers: ['192.0.2.1'] });
    expect(spec.mounts).toContainEqual({ source: '/data/resolv.conf', target: '/etc/resolv.conf', readOnly: true });
  });

  it('is told of registries and certificates only where the operator names them', () => {
    const names = ['npm_config_registry', 'PIP_INDEX_URL', 'NODE_EXTRA_CA_CERTS'];
    expect(Object.keys(installSpec(plan).environment).filter((name) => names.includes(name))).toEqual([]);
    const registries = { npmRegistry: 'https://npm.test/', pipIndex: 'https://pip.test/', certificatesFile: '/ca.pem' };
    const spec = installSpec({ ...plan, registries });
    expect(spec.environment).toMatchObject({
      npm_config_registry: 'https://npm.test/',
      PIP_INDEX_URL: 'https://pip.test/',
    });
    expect(spec.mounts.map(({ source, readOnly }) => [source, readOnly])).toContainEqual(['/ca.pem', true]);
  });
});
