import { ArtifactStore } from '../artifacts/artifact-store.ts';
import { DiskSpace } from '../artifacts/disk-space.ts';
import type { ArtifactLimits } from '../artifacts/limits.ts';
import { defaultArtifactLimits } from '../artifacts/upload.ts';
import { failpoint } from '../failpoints.ts';
import type { Store } from '../store/store.ts';
import { collectCode } from './code-housekeeping.ts';
import { openStore } from './store.ts';
import type { Surroundings } from './surroundings.ts';

/** What outlives the server: metadata and code. */
export interface State {
  readonly store: Store;
  readonly artifacts: ArtifactStore;
  readonly artifactLimits: ArtifactLimits;
  readonly diskSpace: DiskSpace;
}

const mebibyte = 1024 * 1024;

/** Opens the store, then the code, and collects what nobody refers to. */
export async function openState(surroundings: Surroundings): Promise<State> {
  const { config, onStop } = surroundings;
  const store = await openStore(surroundings);
  onStop(() => store.close());
  const artifactLimits = {
    ...defaultArtifactLimits,
    uploadBytes: config.maxDeployBytes,
    totalBytes: config.maxArtifactBytes,
    entries: config.maxArtifactEntries,
  };
  const artifacts = new ArtifactStore(config.dataDirectory, artifactLimits, store.shared?.code);
  await artifacts.open();
  failpoint('start.staging_swept');
  onStop(() => artifacts.close());
  await collectCode(config, { store, artifacts });
  failpoint('start.artifacts_collected');
  const diskSpace = new DiskSpace({
    directory: config.dataDirectory,
    lowBytes: config.lowDiskMb * mebibyte,
    keepsWork: config.databaseUrl === '',
  });
  return { store, artifacts, artifactLimits, diskSpace };
}
