import { createHash } from 'node:crypto';

const longest = 64;

/** The name of the runtime that is made of an image: `golang` of `golang:latest`, `openjdk-17` of `openjdk:17`. */
export function runtimeOfImage(image: string): string {
  const words = image.replace(/:latest$/, '').replaceAll(/[^A-Za-z0-9_]+/g, '-');
  const name = /^[A-Za-z]/.test(words) ? words : `image-${words}`;
  if (name.length <= longest) return name;
  const hash = createHash('sha256').update(image).digest('hex').slice(0, 8);
  return `${name.slice(0, longest - 1 - hash.length)}-${hash}`;
}
