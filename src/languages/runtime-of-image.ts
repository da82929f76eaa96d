import { createHash } from 'node:crypto';
import { SraasError } from '../errors.ts';
import { parseRuntimeName } from '../runtimes/custom/runtime-name.ts';

const longest = 64;

/** Why no runtime can be made under a name, as when a built-in one has it; undefined where one can. */
export function whyNoRuntime(name: string): string | undefined {
  try {
    parseRuntimeName(name);
    return undefined;
  } catch (error) {
    if (error instanceof SraasError) return error.message;
    throw error;
  }
}

/** The name of the runtime that is made of an image: `golang` of `golang:latest`, `openjdk-17` of `openjdk:17`. */
export function runtimeOfImage(image: string): string {
  const words = image.replace(/:latest$/, '').replaceAll(/[^A-Za-z0-9_]+/g, '-');
  const isFree = /^[A-Za-z]/.test(words) && (words.length > longest || whyNoRuntime(words) === undefined);
  const name = isFree ? words : `image-${words}`;
  if (name.length <= longest) return name;
  const hash = createHash('sha256').update(image).digest('hex').slice(0, 8);
  return `${name.slice(0, longest - 1 - hash.length)}-${hash}`;
}
