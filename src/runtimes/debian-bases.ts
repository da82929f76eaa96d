import type { EngineImage } from '../engine/engine.ts';
import { baseDockerfile, baseRecipe, rootRecipe } from './base-recipe.ts';
import type { Base, BaseOptions, LocalBases } from './base.ts';
import { buildContext } from './build-context.ts';
import { debianRoot } from './debian-root.ts';
import type { ImageEngine } from './image-engine.ts';
import type { LanguageBase, RootPlan } from './language-base.ts';
import { languageBase } from './language-bases.ts';
import { localRequirements } from './local-requirements.ts';
import { recipeHash } from './recipe.ts';
import { imageLabel, newestImage } from './runtime-image.ts';
import type { Runtime } from './runtime.ts';
import { withWorkDirectory } from './work-directory.ts';

/**
 * Local bases: a small root file system of Debian or Ubuntu with its updates, made once for all runtimes that can share it, and
 * on it a language's program. Takes about a minute for each root file system, needs root and debootstrap.
 */
export class DebianBases implements LocalBases {
  readonly #engine: ImageEngine;
  readonly #baseDirectory: string;
  /** By recipe. */
  readonly #roots = new Map<string, Promise<EngineImage>>();

  /** @param baseDirectory the folder `images/base`. */
  constructor(engine: ImageEngine, baseDirectory: string) {
    this.#engine = engine;
    this.#baseDirectory = baseDirectory;
  }

  async make(runtime: Runtime, options: BaseOptions): Promise<Base> {
    const machine = await localRequirements(runtime);
    const language = languageBase(runtime.language);
    const root = await this.#root(runtime, language.root(runtime, machine), options);
    const recipe = await baseRecipe(this.#baseDirectory, runtime.language);
    const labels = { [imageLabel.baseOf]: runtime.name, [imageLabel.recipe]: recipe, [imageLabel.base]: root.id };
    const repository = `sraas/base-${runtime.name}`;
    const present = options.force ? undefined : await newestImage(this.#engine, repository, labels);
    const image = present ?? (await this.#build(runtime, language, root, { repository, labels }, options));
    const reference = image.references.find((name) => name.startsWith(`${repository}:`)) ?? image.id;
    return { reference, id: image.id, origin: 'local' };
  }

  async #root(runtime: Runtime, { distribution, packages }: RootPlan, options: BaseOptions): Promise<EngineImage> {
    const recipe = await rootRecipe(this.#baseDirectory, distribution.codename, packages);
    const known = this.#roots.get(recipe);
    if (known !== undefined) return known;
    const request = { baseDirectory: this.#baseDirectory, runtime, distribution, recipe, packages };
    const root = debianRoot(this.#engine, request, options);
    this.#roots.set(recipe, root);
    root.catch(() => this.#roots.delete(recipe));
    return root;
  }

  #build(
    runtime: Runtime,
    language: LanguageBase,
    root: EngineImage,
    { repository, labels }: { repository: string; labels: Readonly<Record<string, string>> },
    options: BaseOptions,
  ): Promise<EngineImage> {
    const { steps, signal } = options;
    return withWorkDirectory(async (directory) => {
      const program = await language.program(runtime, directory, options);
      const tag = (await recipeHash([], root.id, program.version)).slice(0, 12);
      const dockerfile = { name: 'Dockerfile', source: baseDockerfile(this.#baseDirectory, runtime.language) };
      return steps.run(`adding ${program.name}`, (onProgress) =>
        this.#engine.buildImage(buildContext([dockerfile, ...program.files]), {
          reference: `${repository}:${tag}`,
          labels,
          buildArguments: { BASE: root.references[0] ?? root.id },
          network: 'none',
          onProgress,
          ...(signal === undefined ? {} : { signal }),
        }),
      );
    });
  }
}
