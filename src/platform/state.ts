import { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { ArtifactLimits } from '../artifacts/limits.ts';
import { defaultArtifactLimits } from '../artifacts/upload.ts';
import { failpoint } from '../failpoints.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { Store } from '../store/store.ts';
import type { Surroundings } from './surroundings.ts';

/** What outlives the server: metadata and code. */
export interface State {
  readonly store: Store;
  readonly artifacts: ArtifactStore;
  readonly artifactLimits: ArtifactLimits;
}

/** The time that code which no version refers to is kept: longer than any deploy takes between its two steps. */
const artifactGraceMs = 3_600_000;

/** Opens the store, then the code, and collects what nobody refers to. */
export async function openState({ config, onStop }: Surroundings): Promise<State> {
  const store = await openSqliteStore({ directory: config.dataDirectory });
  onStop(() => store.close());
  const artifactLimits = {
    ...defaultArtifactLimits,
    uploadBytes: config.maxDeployBytes,
    totalBytes: config.maxArtifactBytes,
    entries: config.maxArtifactEntries,
  };
  const artifacts = new ArtifactStore(config.dataDirectory, artifactLimits);
  await artifacts.open();
  failpoint('start.staging_swept');
  onStop(() => artifacts.close());
  const inUse = [...(await store.functions.artifactHashesInUse()), ...(await store.images.contextsInUse())];
  await artifacts.collect(new Set(inUse), artifactGraceMs);
  failpoint('start.artifacts_collected');
  return { store, artifacts, artifactLimits };
}
