import type { ArtifactHash } from '../artifacts/artifact-hash.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { SharedCode } from '../artifacts/shared-code.ts';
import type { Config } from '../config/config.ts';
import type { FunctionStore } from '../functions/function-store.ts';
import { repeat } from '../repeat.ts';
import type { CustomImages } from '../runtimes/custom/custom-images.ts';
import type { ImageStore } from '../runtimes/custom/image-store.ts';
import type { Surroundings } from './surroundings.ts';

/** Longer than a deploy takes from its commit to its version, and than a backup takes from its snapshot to the last file. */
const leastGraceMs = 3_600_000;
const collectEveryMs = 600_000;
/** What other servers are about to publish, or build, is not known here. */
const sharedGraceMs = 86_400_000;

interface CodeParts {
  readonly store: {
    readonly functions: Pick<FunctionStore, 'artifactHashesInUse'>;
    readonly images: Pick<ImageStore, 'contextsInUse'>;
    readonly shared?: { readonly code: Pick<SharedCode, 'collect'> };
  };
  readonly artifacts: Pick<ArtifactStore, 'collect'>;
  /** Left out before there are any builds. */
  readonly images?: Pick<CustomImages, 'contextsUnderWay'>;
}

/** Removes the code that no version refers to and no build takes, once it has been so for the grace time. @returns how many. */
export async function collectCode(
  { maxTimeoutMs }: Pick<Config, 'maxTimeoutMs'>,
  { store, artifacts, images }: CodeParts,
): Promise<number> {
  // Asked for first: a build that ends meanwhile has recorded its image by then.
  const underWay = images?.contextsUnderWay() ?? new Set<ArtifactHash>();
  const versions = await store.functions.artifactHashesInUse();
  const contexts = await store.images.contextsInUse();
  // Calls that have begun go on when their function is removed, and may still load files.
  const graceMs = Math.max(leastGraceMs, maxTimeoutMs + collectEveryMs);
  await store.shared?.code.collect(sharedGraceMs);
  return await artifacts.collect(new Set([...underWay, ...versions, ...contexts]), graceMs);
}

/** Does so every ten minutes until the server stops. */
export function keepCollectingCode({ config, logger, onFailure, onStop }: Surroundings, parts: CodeParts): void {
  onStop(
    repeat({
      work: async () => {
        const removed = await collectCode(config, parts);
        if (removed > 0) logger.info('Removed code that no version refers to', { removed });
      },
      everyMs: collectEveryMs,
      onFailure: (error) => {
        onFailure('Unused code could not be removed', error);
      },
    }),
  );
}
