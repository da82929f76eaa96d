import { builtInRuntimes } from './runtime.ts';

/** What to tell when the engine no longer has the image of a runtime that served a moment ago. */
export function lostImageSentence(runtime: string): string {
  const isBuiltIn = builtInRuntimes.some(({ name }) => name === runtime);
  return isBuiltIn
    ? `The image of ${runtime} is gone; an operator can make it again with \`npx sraas images build ${runtime}\`.`
    : 'The image is gone from the engine, and is built again with the next call; try again shortly.';
}
