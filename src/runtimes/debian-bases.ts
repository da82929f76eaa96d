import { join } from 'node:path';
import type { EngineImage } from '../engine/engine.ts';
import type { Base, BaseOptions, LocalBases } from './base.ts';
import { buildContext } from './build-context.ts';
import { debianRoot, rootPackages } from './debian-root.ts';
import type { ImageEngine } from './image-engine.ts';
import { localRequirements } from './local-requirements.ts';
import { fetchNodeProgram } from './node-program.ts';
import { programFailure } from './program-failure.ts';
import { recipeHash } from './recipe.ts';
import { imageLabel, newestImage } from './runtime-image.ts';
import type { Runtime } from './runtime.ts';
import { withWorkDirectory } from './work-directory.ts';

/**
 * Local bases for Node: a small root file system of this machine's own Debian or Ubuntu with its updates, made once for all
 * runtimes, and on it the official Node program from npm. Takes about a minute, needs root and debootstrap.
 */
export class DebianBases implements LocalBases {
  readonly #engine: ImageEngine;
  readonly #baseDirectory: string;
  #root: Promise<EngineImage> | undefined;

  /** @param baseDirectory the folder `images/base`. */
  constructor(engine: ImageEngine, baseDirectory: string) {
    this.#engine = engine;
    this.#baseDirectory = baseDirectory;
  }

  async make(runtime: Runtime, options: BaseOptions): Promise<Base> {
    const distribution = await localRequirements(runtime);
    const recipe = await recipeHash([this.#baseDirectory], distribution.codename, process.arch, ...rootPackages);
    this.#root ??= debianRoot(
      this.#engine,
      { baseDirectory: this.#baseDirectory, runtime, distribution, recipe },
      options,
    );
    const root = await this.#root.catch((error: unknown) => {
      this.#root = undefined;
      throw error;
    });
    const labels = { [imageLabel.baseOf]: runtime.name, [imageLabel.recipe]: recipe, [imageLabel.base]: root.id };
    const repository = `sraas/base-${runtime.name}`;
    const present = options.force ? undefined : await newestImage(this.#engine, repository, labels);
    const image = present ?? (await this.#addNode(runtime, root, { repository, labels }, options));
    const reference = image.references.find((name) => name.startsWith(`${repository}:`)) ?? image.id;
    return { reference, id: image.id, origin: 'local' };
  }

  #addNode(
    runtime: Runtime,
    root: EngineImage,
    { repository, labels }: { repository: string; labels: Readonly<Record<string, string>> },
    { steps, signal }: BaseOptions,
  ): Promise<EngineImage> {
    return withWorkDirectory(async (directory) => {
      const node = await steps.run(`fetching Node ${runtime.majorVersion} from npm`, () =>
        fetchNodeProgram(runtime.majorVersion, directory, signal).catch((error: unknown) => {
          throw programFailure(runtime, `npm could not fetch Node ${runtime.majorVersion}`, error);
        }),
      );
      const tag = (await recipeHash([], root.id, node.version)).slice(0, 12);
      const context = buildContext([
        { name: 'Dockerfile', source: join(this.#baseDirectory, 'node.Dockerfile') },
        { name: 'node', source: node.path, executable: true },
      ]);
      return steps.run(`adding Node ${node.version}`, (onProgress) =>
        this.#engine.buildImage(context, {
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
