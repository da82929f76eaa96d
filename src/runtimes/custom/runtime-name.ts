import { SraasError } from '../../errors.ts';
import { builtInRuntimes } from '../runtime.ts';
import type { ImageKey } from './made-image.ts';

/** Names a function's own Dockerfile where the name of a runtime is asked for. */
export const ownDockerfile = 'dockerfile';

const pattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

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
  if (pattern.test(text)) return text;
  throw new SraasError(
    'INVALID_NAME',
    'The name of a runtime starts with a letter and has at most 64 letters, digits, "_" and "-".',
  );
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
