import { parseName } from '../../documents/name.ts';
import { SraasError } from '../../errors.ts';
import { builtInRuntimes } from '../runtime.ts';
import type { ImageKey } from './made-image.ts';

/** Names a function's own Dockerfile where the name of a runtime is asked for. */
export const ownDockerfile = 'dockerfile';

/**
 * Checks the name of a runtime that is to be made, changed or removed.
 * @throws SraasError `INVALID_NAME` for text of another form and for names that are taken by the product.
 */
export function parseRuntimeName(text: string): string {
  if (builtInRuntimes.some(({ name }) => name === text)) {
    throw new SraasError(
      'INVALID_NAME',
      `${text} is a built-in runtime, which cannot be changed: choose another name.`,
    );
  }
  if (text === ownDockerfile) {
    throw new SraasError('INVALID_NAME', `${text} means the Dockerfile in a function's upload: choose another name.`);
  }
  return parseName(text, 'The name of a runtime');
}

/**
 * The name that sandboxes know a version's runtime by: the config's, or one of its own for each image that was built from a
 * version's own Dockerfile. No runtime can have a name with a colon.
 */
export function sandboxRuntimeName(runtime: string, imageKey: ImageKey | undefined): string {
  return imageKey === undefined ? runtime : `${ownDockerfile}:${imageKey}`;
}

/** The image that such a name means; undefined for the name of a runtime. */
export function ownImageKey(name: string): ImageKey | undefined {
  const prefix = `${ownDockerfile}:`;
  return name.startsWith(prefix) ? (name.slice(prefix.length) as ImageKey) : undefined;
}
