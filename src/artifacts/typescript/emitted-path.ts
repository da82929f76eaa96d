const emittedExtensions: Readonly<Record<string, string>> = { '.ts': '.js', '.mts': '.mjs', '.cts': '.cjs' };

/** What a TypeScript source's path becomes: `src/a.mts` is emitted as `src/a.mjs`. Undefined for everything that is not one. */
export function emittedPath(path: string): string | undefined {
  if (/\.d\.[cm]?ts$/.test(path)) return undefined;
  const extension = /\.[cm]?ts$/.exec(path)?.[0];
  const emitted = extension === undefined ? undefined : emittedExtensions[extension];
  return extension === undefined || emitted === undefined ? undefined : path.slice(0, -extension.length) + emitted;
}

/** Whether a file is transpiled. Packages are used as they were published, so nothing under `node_modules` is. */
export function isSource(path: string): boolean {
  return emittedPath(path) !== undefined && !path.split('/').includes('node_modules');
}
