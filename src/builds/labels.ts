import { builtRepository } from './dockerfile/image-reference.ts';

type Labels = Readonly<Record<string, string>>;

const managed = 'sraas.managed';
const instance = 'sraas.instance';
const build = 'sraas.build';
const recipe = 'sraas.build-recipe';
const base = 'sraas.build-base';

/** Labels of everything that a build makes on its way. No Dockerfile can set or change one: the policy keeps them for us. */
export function stepLabels(instanceId: string, buildId: string): Labels {
  return { [managed]: 'build', [instance]: instanceId, [build]: buildId };
}

/** Labels that find what all builds of one server made on their way. */
export function labelsOfSteps(instanceId: string): Labels {
  return { [managed]: 'build', [instance]: instanceId };
}

/** What the finished image carries besides: containers that somebody starts from it are no steps of a build. */
export function finalLabels(facts: { readonly recipeHash: string; readonly base: string }): Labels {
  return { [managed]: 'image', [recipe]: facts.recipeHash, [base]: facts.base };
}

/** Labels that find the images that one server has built, and nothing else of its. */
export function labelsOfImages(instanceId: string): Labels {
  return { [managed]: 'image', [instance]: instanceId };
}

export function labelsOfRecipe(instanceId: string, recipeHash: string): Labels {
  return { ...labelsOfImages(instanceId), [recipe]: recipeHash };
}

export function buildIdOf(labels: Labels): string | undefined {
  return labels[build];
}

export function baseOf(labels: Labels): string {
  return labels[base] ?? 'unknown';
}

/** Name of a build's image. The id is random, so nobody can guess it. */
export function builtReference(buildId: string): string {
  return `${builtRepository}:${buildId}`;
}

/** Labels can be inherited and claimed, our names cannot. */
export function isBuiltReference(reference: string): boolean {
  return reference.startsWith(`${builtRepository}:`);
}
