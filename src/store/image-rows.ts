import type { ArtifactHash } from '../artifacts/artifact-hash.ts';
import type { ImageUse } from '../runtimes/custom/image-use.ts';
import type { ImageKey, MadeImage } from '../runtimes/custom/made-image.ts';
import type { ImagesTable } from './schema.ts';

/** What of an image nobody looks for. Only the two functions here read and write it. */
type Facts = Pick<MadeImage, 'base' | 'searchPath' | 'command' | 'workingDirectory'> & {
  readonly interpreter: MadeImage['interpreter'] | null;
};

export function toImage(row: ImagesTable): MadeImage {
  const { interpreter, ...facts } = JSON.parse(row.facts) as Facts;
  return {
    key: row.key as ImageKey,
    recipeHash: row.recipe_hash,
    use: row.serves_as as ImageUse,
    dockerfile: JSON.parse(row.dockerfile) as string,
    contextHash: (row.context_hash ?? undefined) as ArtifactHash | undefined,
    imageId: row.image_id,
    sizeBytes: Number(row.size_bytes),
    createdAt: new Date(row.created_at),
    interpreter: interpreter ?? undefined,
    ...facts,
  };
}

export function toImagesRow(image: MadeImage): ImagesTable {
  const { base, searchPath, command, workingDirectory, interpreter = null } = image;
  const facts: Facts = { base, searchPath, command, workingDirectory, interpreter };
  return {
    key: image.key,
    recipe_hash: image.recipeHash,
    serves_as: image.use,
    dockerfile: JSON.stringify(image.dockerfile),
    context_hash: image.contextHash ?? null,
    image_id: image.imageId,
    size_bytes: image.sizeBytes,
    facts: JSON.stringify(facts),
    created_at: image.createdAt.toISOString(),
    unused_since: null,
  };
}
