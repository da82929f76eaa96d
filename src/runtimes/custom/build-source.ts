import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { StagedArtifact } from '../../artifacts/artifact-store.ts';
import type { ImageRecipe } from '../../builds/image-build.ts';
import { SraasError } from '../../errors.ts';

export type { BuildLine, ImageRecipe } from '../../builds/image-build.ts';

const dockerfileName = 'Dockerfile';

/** More than any Dockerfile that a build accepts; a longer one is refused by its size before it is read. */
const maxDockerfileBytes = 1024 * 1024;

/**
 * Finds what an image is to be built from. The files count only when the Dockerfile copies from them: then other code beside
 * the same Dockerfile costs no build.
 *
 * @param text the Dockerfile where it was given apart from the files.
 * @throws SraasError `BUILD_REFUSED` when there is no Dockerfile, or one that is no text.
 */
export async function buildSource(
  text: string | undefined,
  context: Pick<StagedArtifact, 'directory' | 'files' | 'hash'> | undefined,
): Promise<ImageRecipe> {
  const dockerfile = text ?? (await readDockerfile(context));
  const isUsed = context !== undefined && copiesFiles(dockerfile);
  return {
    dockerfile,
    contextDirectory: isUsed ? context.directory : undefined,
    contextHash: isUsed ? context.hash : undefined,
  };
}

/** Errs on the side of yes, as with text of a RUN that looks like an instruction: that costs a build, never a wrong image. */
export function copiesFiles(dockerfile: string): boolean {
  return dockerfile.split('\n').some((line) => /^\s*(copy|add)\s/i.test(line) && !/\s--from=/i.test(line));
}

async function readDockerfile(context: Pick<StagedArtifact, 'directory' | 'files'> | undefined): Promise<string> {
  const file = context?.files.find(({ path }) => path === dockerfileName);
  if (context === undefined || file === undefined) {
    throw refused('The upload has no Dockerfile: add a file of that name at its top.');
  }
  if (file.sizeBytes > maxDockerfileBytes) {
    throw refused(`The Dockerfile has ${file.sizeBytes} bytes, which is too long for one.`);
  }
  const handle = await open(join(context.directory, dockerfileName));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await handle.readFile());
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw refused('The Dockerfile is not text in UTF-8.');
  } finally {
    await handle.close();
  }
}

function refused(message: string): SraasError {
  return new SraasError('BUILD_REFUSED', message, { violations: [{ pointer: '/dockerfile', message }] });
}
