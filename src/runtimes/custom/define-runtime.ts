import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { UploadedFile } from '../../artifacts/upload.ts';
import type { CustomImages } from './custom-images.ts';
import type { CustomRuntimes, OrderedBuild } from './custom-runtimes.ts';
import { buildSource } from './build-source.ts';
import { parseRuntimeDefinition } from './runtime-definition.ts';
import { parseRuntimeName } from './runtime-name.ts';

export interface DefineRuntimeParts {
  readonly artifacts: Pick<ArtifactStore, 'stage'>;
  readonly images: Pick<CustomImages, 'check'>;
  readonly custom: Pick<CustomRuntimes, 'put'>;
}

/**
 * Turns a name, a document and uploaded files into an ordered build. Nothing is kept, and nothing built, unless all of it is in
 * order.
 *
 * @param files the build context, read once; undefined when none came.
 * @throws SraasError `INVALID_NAME`, `INVALID_RUNTIME`, `BUILD_REFUSED`, and what artifacts and the order of a build throw.
 */
export async function defineRuntime(
  { artifacts, images, custom }: DefineRuntimeParts,
  name: string,
  document: unknown,
  files: AsyncIterable<UploadedFile> | Iterable<UploadedFile> | undefined,
): Promise<OrderedBuild> {
  const checkedName = parseRuntimeName(name);
  const definition = parseRuntimeDefinition(document, files !== undefined);
  const context = files && (await artifacts.stage(files, { language: 'other' }));
  try {
    const recipe = await buildSource(definition.dockerfile, context);
    await images.check(recipe);
    if (context === undefined || recipe.contextDirectory === undefined) {
      return await custom.put(checkedName, definition, recipe);
    }
    // Building again after the image was lost takes the context, so it stays.
    await context.commit();
    return await custom.put(checkedName, definition, { ...recipe, contextDirectory: context.directory });
  } finally {
    await context?.discard();
  }
}
