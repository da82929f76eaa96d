import type { Command } from 'commander';
import { join } from 'node:path';
import type { Engine } from '../../engine/engine.ts';
import { GatewayImage } from '../../networks/gateway-image.ts';
import { ImageBuilder, type BuiltImage, type ImageBuildOptions } from '../../runtimes/image-builder.ts';
import { RuntimeCatalog } from '../../runtimes/runtime-catalog.ts';
import type { Runtime, RuntimeState } from '../../runtimes/runtime.ts';
import { clientFor, examples, printerFor, type CommandContext } from '../command-line.ts';
import { EnvironmentOption } from '../environment-option.ts';
import { exitCodes } from '../exit-code.ts';
import { addSettingOptions, loadConfig } from '../load-config.ts';
import { bytesText, countText } from '../terminal/amounts.ts';
import { table } from '../terminal/table.ts';
import { UsageError } from '../usage-error.ts';
import type { World } from '../world.ts';

/**
 * `sraas images …`: the images that sandboxes start from. Those of the built-in runtimes are the engine's and this program's
 * matter; which of the others are still needed only the server knows.
 */
export function addImages(program: Command, context: CommandContext): void {
  const images = program.command('images').description('Builds, lists and clears away the images of runtimes.');
  addBuild(images, context);
  addImagesList(images, context);
  addPrune(images, context);
}

function addBuild(images: Command, { world, adapters, finish }: CommandContext): void {
  const command = images
    .command('build')
    .argument('[runtime...]', 'which runtimes; all when left out. `gateway` is the image that --allow-egress needs')
    .description('Builds the images that are missing. Shows progress on stderr.')
    .addOption(new EnvironmentOption('--force', 'build anew what is there already'))
    .addHelpText('after', examples('sraas images build', 'sraas images build node24 --force'))
    .action(async (names: readonly string[], options: { readonly force?: boolean }, self: Command) => {
      const printer = printerFor(self, world);
      const engine = await adapters.createEngine((await loadConfig(self, world)).engineHost);
      const recipes = chosen(engine, imagesDirectory(world), names);
      const results = await buildAll(world, recipes, options.force ?? false, {
        onProgress: (line) => {
          printer.note(line);
        },
        onBuilt: (name, { base, built, image }) => {
          if (printer.json) return;
          const how = built ? 'built' : 'was there already';
          printer.line(`${name} ${how}: ${bytesText(image.sizeBytes)} on ${base}`);
        },
      });
      if (printer.json) printer.document(results.map(([name, result]) => builtDocument(name, result)));
      finish(exitCodes.ok);
    });
  addSettingOptions(command, ['engineHost']);
}

function addImagesList(images: Command, { world, adapters, finish }: CommandContext): void {
  const command = images
    .command('list')
    .description('Lists the built-in runtimes and whether their images are there.')
    .addHelpText('after', examples('sraas images list', 'sraas images list --json'))
    .action(async (_options: object, self: Command) => {
      const printer = printerFor(self, world);
      const engine = await adapters.createEngine((await loadConfig(self, world)).engineHost);
      const states = await new RuntimeCatalog(engine, imagesDirectory(world)).states();
      if (printer.json) printer.document(states.map(stateDocument));
      else {
        printer.block(table(['RUNTIME', 'STATE', 'SIZE', 'BASE'], states.map(stateRow)));
        const missing = states.filter(({ state }) => state === 'missing').map(({ runtime }) => runtime.name);
        if (missing.length > 0) printer.note(`build what is missing: sraas images build ${missing.join(' ')}`);
      }
      finish(exitCodes.ok);
    });
  addSettingOptions(command, ['engineHost']);
}

function addPrune(images: Command, { world, finish }: CommandContext): void {
  images
    .command('prune')
    .description(
      'Removes the images of custom runtimes and of Dockerfiles that no function and no runtime uses any more.',
    )
    .addHelpText('after', examples('sraas images prune'))
    .action(async (_options: object, self: Command) => {
      const printer = printerFor(self, world);
      const removed = await clientFor(self, world).pruneImages();
      const freedBytes = removed.reduce((sum, { size_bytes: size }) => sum + size, 0);
      if (printer.json) printer.document({ removed });
      else {
        for (const { image, size_bytes: size } of removed) printer.line(`removed ${image} (${bytesText(size)})`);
        // Images share layers with each other and with their bases: more than this is not known.
        printer.note(`${countText(removed.length, 'image')} removed, at most ${bytesText(freedBytes)} freed`);
      }
      finish(exitCodes.ok);
    });
}

/** What an image of our own is made by. */
interface Recipe {
  readonly name: string;
  build(options: ImageBuildOptions): Promise<BuiltImage>;
}

interface BuildListener {
  onProgress(line: string): void;
  onBuilt(name: string, result: BuiltImage): void;
}

/** One after the other: they share their base, and the machine. A signal to stop cancels the build under way. */
async function buildAll(
  world: World,
  recipes: readonly Recipe[],
  force: boolean,
  listener: BuildListener,
): Promise<readonly (readonly [string, BuiltImage])[]> {
  const cancel = new AbortController();
  const forget = world.onStopSignal((exitCode) => {
    if (cancel.signal.aborted) world.exitNow(exitCode);
    cancel.abort(new UsageError('The build was cancelled.'));
  });
  const results: [string, BuiltImage][] = [];
  try {
    for (const recipe of recipes) {
      const onProgress = (line: string): void => {
        listener.onProgress(line);
      };
      const result = await recipe.build({ force, signal: cancel.signal, onProgress });
      listener.onBuilt(recipe.name, result);
      results.push([recipe.name, result]);
    }
  } finally {
    forget();
  }
  return results;
}

function chosen(engine: Engine, directory: string, names: readonly string[]): readonly Recipe[] {
  const catalog = new RuntimeCatalog(engine, directory);
  const builder = new ImageBuilder(engine, directory);
  const recipeOf = (runtime: Runtime): Recipe => ({
    name: runtime.name,
    build: (options) => builder.build(runtime, options),
  });
  if (names.length === 0) return catalog.list().map(recipeOf);
  return names.map((name) => {
    const runtime = catalog.find(name);
    if (runtime !== undefined) return recipeOf(runtime);
    const gateway = new GatewayImage(engine, directory);
    if (name === 'gateway') return { name, build: (options) => gateway.build(options) };
    const known = catalog.list().map((each) => each.name);
    throw new UsageError(`There is no runtime ${name}: there are ${known.join(', ')}.`);
  });
}

function imagesDirectory(world: World): string {
  return join(world.installDirectory, 'images');
}

function builtDocument(name: string, { image, base, built }: BuiltImage): object {
  return { runtime: name, image: image.id, size_bytes: image.sizeBytes, base, built };
}

function stateDocument(state: RuntimeState): object {
  const { name, description } = state.runtime;
  if (state.state === 'missing') return { runtime: name, description, state: 'missing' };
  const { imageId, sizeBytes, base, createdAt } = state;
  const created = createdAt.toISOString();
  return {
    runtime: name,
    description,
    state: 'ready',
    image: imageId,
    size_bytes: sizeBytes,
    base,
    created_at: created,
  };
}

function stateRow(state: RuntimeState): readonly string[] {
  if (state.state === 'missing') return [state.runtime.name, 'missing', '', ''];
  return [state.runtime.name, 'ready', bytesText(state.sizeBytes), state.base];
}
