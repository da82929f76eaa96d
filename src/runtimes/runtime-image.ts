import { join } from 'node:path';
import type { EngineImage } from '../engine/engine.ts';
import { baseRecipe } from './base-recipe.ts';
import type { ImageEngine } from './image-engine.ts';
import { recipeHash } from './recipe.ts';
import type { Runtime } from './runtime.ts';

/** Labels that the images of built-in runtimes carry, and those of bases made on this machine. */
export const imageLabel = {
  managed: 'sraas.managed',
  runtime: 'sraas.runtime',
  base: 'sraas.base',
  recipe: 'sraas.recipe',
  /** Only on local bases: what they are a base of. They are not `managed`, so that a build's containers are not either. */
  baseOf: 'sraas.base-of',
} as const;

/** The repository part of every reference to a runtime's images. */
export function imageRepository(runtime: Runtime): string {
  return `sraas/${runtime.name}`;
}

/** What the image of a built-in runtime has to be made from to count as up to date. */
export async function runtimeRecipe(imagesDirectory: string, runtime: Runtime): Promise<string> {
  const base = await baseRecipe(join(imagesDirectory, 'base'), runtime.language);
  return recipeHash([join(imagesDirectory, runtime.name)], base);
}

/** The newest image of a built-in runtime made from this recipe; undefined when the engine has none. */
export function findRuntimeImage(
  engine: ImageEngine,
  runtime: Runtime,
  recipe: string,
): Promise<EngineImage | undefined> {
  const labels = { [imageLabel.managed]: '1', [imageLabel.runtime]: runtime.name, [imageLabel.recipe]: recipe };
  return newestImage(engine, imageRepository(runtime), labels);
}

/**
 * The newest image with these labels under one of our own names. Labels alone would not do: an image built from another
 * inherits its labels, and whoever writes a Dockerfile can claim any.
 */
export async function newestImage(
  engine: ImageEngine,
  repository: string,
  labels: Readonly<Record<string, string>>,
): Promise<EngineImage | undefined> {
  const images = await engine.listImages(labels);
  return images
    .filter((image) => image.references.some((reference) => reference.startsWith(`${repository}:`)))
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0];
}
