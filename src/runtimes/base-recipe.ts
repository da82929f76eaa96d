import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recipeHash } from './recipe.ts';
import type { Runtime } from './runtime.ts';

/** The script that makes root file systems. @param baseDirectory the folder `images/base`. */
export function rootScript(baseDirectory: string): string {
  return join(baseDirectory, 'make-root.sh');
}

/** What puts a language's program on a root file system. @param baseDirectory the folder `images/base`. */
export function baseDockerfile(baseDirectory: string, language: Runtime['language']): string {
  return join(baseDirectory, `${language}.Dockerfile`);
}

/** Names what a language's local base is made from, so that a change for one language leaves the images of others up to date. */
export async function baseRecipe(baseDirectory: string, language: Runtime['language']): Promise<string> {
  return recipeHash([], await text(rootScript(baseDirectory)), await text(baseDockerfile(baseDirectory, language)));
}

/** Names what a root file system is made from. */
export async function rootRecipe(
  baseDirectory: string,
  codename: string,
  packages: readonly string[],
): Promise<string> {
  return recipeHash([], await text(rootScript(baseDirectory)), codename, process.arch, ...packages);
}

function text(path: string): Promise<string> {
  return readFile(path, 'utf8');
}
