import type { ContainerSpec } from '../engine/container.ts';
import { confinement, resolverMounts, type ConfinedPlan } from '../sandboxes/container-spec.ts';
import { installPaths, installScript } from './install-script.ts';
import type { InstallLimits, InstallNetwork, Registries } from './install-limits.ts';
import type { PackageManager } from './package-manager.ts';

export interface InstallPlan extends Omit<ConfinedPlan, 'limits'> {
  readonly manager: PackageManager;
  /** Host folder with what the install reads. */
  readonly inputDirectory: string;
  readonly installNetwork: InstallNetwork;
  readonly registries: Registries;
  readonly limits: InstallLimits;
}

const mebibyte = 1024 * 1024;
const tmpMb = 16;
/** The part of the memory that files may take: the rest is for the programs. */
const workShare = 0.75;

/**
 * The container of an install: the walls of a sandbox around the package manager. It differs in one folder in which programs may
 * run, in more open files, and in its network.
 */
export function installSpec(plan: InstallPlan): ContainerSpec {
  const { limits, manager } = plan;
  const workBytes = Math.floor(limits.memoryMb * workShare) * mebibyte;
  const confined: ConfinedPlan = { ...plan, limits: { ...limits, tmpMb } };
  const walls = confinement(confined);
  return {
    ...walls,
    command: ['/bin/sh', '-c', installScript(manager)],
    environment: environmentOf(plan),
    // Not the work folder: the engine would make it anew, for root alone, before it mounts what is asked for.
    workingDirectory: '/',
    mounts: [
      { source: plan.inputDirectory, target: installPaths.upload, readOnly: true },
      ...certificateMounts(plan.registries),
      ...resolverMounts(confined),
    ],
    temporaryFileSystems: [
      ...walls.temporaryFileSystems,
      {
        target: installPaths.work,
        sizeBytes: workBytes,
        inodes: Math.max(16_384, limits.memoryMb * 128),
        // WEAKENS: programs that install scripts bring can be run. They could run as scripts anyway, and all of it ends here.
        executable: true,
      },
    ],
    ulimits: { ...walls.ulimits, nofile: 8192, fsize: workBytes },
    network: plan.installNetwork === 'default' ? 'bridge' : walls.network,
    stdio: 'attached',
  };
}

function environmentOf({ registries }: InstallPlan): ContainerSpec['environment'] {
  const { npmRegistry, pipIndex, certificatesFile } = registries;
  const certificates = installPaths.certificates;
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: '/install/home',
    TMPDIR: '/install/tmp',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    LD_PRELOAD: '',
    LD_LIBRARY_PATH: '',
    NODE_ENV: 'production',
    ...(npmRegistry === '' ? {} : { npm_config_registry: npmRegistry }),
    ...(pipIndex === '' ? {} : { PIP_INDEX_URL: pipIndex }),
    ...(certificatesFile === ''
      ? {}
      : { NODE_EXTRA_CA_CERTS: certificates, npm_config_cafile: certificates, PIP_CERT: certificates }),
  };
}

function certificateMounts({ certificatesFile }: Registries): ContainerSpec['mounts'] {
  return certificatesFile === ''
    ? []
    : [{ source: certificatesFile, target: installPaths.certificates, readOnly: true }];
}
