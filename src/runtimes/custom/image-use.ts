/** How an image serves: by an interpreter that runs handlers under our shim, or as a program of its own. */
export type ImageUse = 'node' | 'python' | 'command';

/** What an image has to provide; docs/runtimes.md. */
export type Contract = 'handler' | 'command';

export function contractOf(use: ImageUse): Contract {
  return use === 'command' ? 'command' : 'handler';
}

/** The language of an image's handlers; undefined for a program. */
export function languageOf(use: ImageUse): 'node' | 'python' | undefined {
  return use === 'command' ? undefined : use;
}
