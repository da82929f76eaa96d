import type { BuiltImageFacts } from '../../builds/image-build.ts';
import { SraasError } from '../../errors.ts';
import { languageOf, type ImageUse } from './image-use.ts';
import { proveHandler, searchPathOf, type ImageInspection } from './interpreters.ts';
import type { MadeImage } from './made-image.ts';

/** How an image has shown that it serves. */
export type ProvenUse = Pick<MadeImage, 'use' | 'interpreter' | 'searchPath'>;

/**
 * Proves that an image which was just built can serve as it is to.
 * @param say told in words what is being done.
 * @throws SraasError `RUNTIME_BUILD_FAILED` with one sentence that says what the image lacks.
 */
export async function tryImage(
  image: BuiltImageFacts,
  wanted: ImageUse | 'handler',
  inspection: ImageInspection,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<ProvenUse> {
  if (wanted !== 'command') {
    say('Trying the image: starting a sandbox on it …');
    const proven = await proveHandler(image, wanted, inspection, signal);
    say(`${languageOf(proven.use) ?? ''} ${proven.interpreter.version} at ${proven.interpreter.path} answers.`);
    return proven;
  }
  if (image.command.length > 0) return { use: 'command', interpreter: undefined, searchPath: searchPathOf(image) };
  throw new SraasError(
    'RUNTIME_BUILD_FAILED',
    'The image has neither CMD nor ENTRYPOINT, so there is nothing to run: end the Dockerfile with a CMD.',
  );
}
