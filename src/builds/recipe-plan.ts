import type { Bases, Base } from './bases.ts';
import { contextEntries, type ContextEntry, type ContextLimits } from './context/context-files.ts';
import type { DockerfilePlan } from './dockerfile/plan.ts';
import { planDockerfile } from './dockerfile/policy.ts';
import { buildRefused } from './dockerfile/refusal.ts';
import type { ImageRecipe } from './image-build.ts';
import { recipeHashOf } from './rewritten.ts';

/** A recipe that may be built, with all that is known before. */
export interface RecipePlan {
  readonly plan: DockerfilePlan;
  readonly bases: ReadonlyMap<string, Base>;
  readonly hash: string;
  /** Undefined when nothing is copied from it. */
  readonly contextDirectory: string | undefined;
  readonly contextEntries: readonly ContextEntry[];
}

interface PlanOptions {
  readonly bases: Bases;
  readonly architecture: string;
  readonly contextLimits: ContextLimits;
}

/**
 * Checks a recipe whole, and names it. What is not copied from is no part of it: other files beside the same Dockerfile are the same
 * recipe then.
 * @throws SraasError as `ImageBuilds.recipeHash`.
 */
export async function planRecipe(recipe: ImageRecipe, options: PlanOptions): Promise<RecipePlan> {
  const { architecture } = options;
  const plan = planDockerfile(recipe.dockerfile, architecture);
  const usesContext = plan.contextLines.length > 0;
  if (usesContext && recipe.contextDirectory === undefined) {
    throw buildRefused(
      plan.contextLines.map((line) => ({
        line,
        instruction: 'COPY',
        reason: 'needs files, and none came with the Dockerfile.',
      })),
    );
  }
  const contextDirectory = usesContext ? recipe.contextDirectory : undefined;
  const entries = contextDirectory === undefined ? [] : await contextEntries(contextDirectory, options.contextLimits);
  const bases = await options.bases.resolve(plan);
  const hash = recipeHashOf(plan, bases, recipe.contextHash, architecture);
  return { plan, bases, hash, contextDirectory, contextEntries: entries };
}
