import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ArtifactLimits } from '../artifacts/limits.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { Config } from '../config/config.ts';
import { SraasError } from '../errors.ts';
import { Installer } from '../dependencies/installer.ts';
import type { InstallNetwork } from '../dependencies/install-limits.ts';
import { PackageCache } from '../dependencies/package-cache.ts';
import type { RuntimeCatalog } from '../runtimes/runtime-catalog.ts';
import type { Launcher } from '../sandboxes/launcher.ts';
import type { Surroundings } from './surroundings.ts';

interface InstallerParts {
  readonly artifacts: ArtifactStore;
  readonly artifactLimits: ArtifactLimits;
  readonly builtIn: RuntimeCatalog;
  readonly launcher: Launcher;
}

const mebibyte = 1024 * 1024;

/** Headers and padding of one tar entry: two headers for a long name, and each part filled up to a block. */
const tarEntryBytes = 2048;

/** Makes what installs packages, and opens what it has kept. */
export async function openInstaller(
  { config, clock, onFailure, onStop }: Surroundings,
  { artifacts, artifactLimits, builtIn, launcher }: InstallerParts,
): Promise<Installer> {
  const packedBytes = artifactLimits.totalBytes + artifactLimits.entries * tarEntryBytes + mebibyte;
  const cache = new PackageCache({
    directory: join(config.dataDirectory, 'dependencies'),
    limits: artifactLimits,
    packedBytes,
    maxBytes: config.packageCacheMb * mebibyte,
    maxAgeMs: config.packageCacheMs,
  });
  const installer = new Installer({
    artifacts,
    cache,
    containers: launcher,
    baseOf: async (name) => {
      const runtime = builtIn.find(name);
      if (runtime === undefined) throw new TypeError(`${name} is no built-in runtime`);
      return await builtIn.baseOf(runtime);
    },
    limits: {
      timeoutMs: config.installTimeoutMs,
      memoryMb: config.installMemoryMb,
      cpus: config.installCpus,
      pids: config.installPids,
      packedBytes,
    },
    network: config.installNetwork as InstallNetwork,
    registries: { ...config, certificatesFile: await certificatesFile(config) },
    maxInstalls: config.maxInstalls,
    queueLength: config.installQueueLength,
    clock,
    onFailure,
  });
  await cache.open();
  onStop(() => installer.close());
  return installer;
}

/** A file that is not there is the operator's mistake, and told at once rather than with the first deploy. */
async function certificatesFile({ installCertificates }: Config): Promise<string> {
  if (installCertificates === '') return '';
  const path = resolve(installCertificates);
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    const sentence = 'The file that --install-certificates names cannot be read: correct the path, or leave it out.';
    throw new SraasError('INVALID_CONFIG', sentence, { cause: error });
  }
  return path;
}
