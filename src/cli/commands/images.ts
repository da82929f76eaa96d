import type { Command } from 'commander';
import { join } from 'node:path';
import type { Engine } from '../../engine/engine.ts';
import { ImageBuilder, type BuiltImage } from '../../runtimes/image-builder.ts';
import { RuntimeCatalog } from '../../runtimes/runtime-catalog.ts';
import type { Runtime, RuntimeState } from '../../runtimes/runtime.ts';
import { examples, printerFor, type CommandContext } from '../command-line.ts';
import { EnvironmentOption } from '../environment-option.ts';
import { exitCodes } from '../exit-code.ts';
import { addSettingOptions, loadConfig } from '../load-config.ts';
import { bytesText } from '../terminal/amounts.ts';
import { table } from '../terminal/table.ts';
import { UsageError } from '../usage-error.ts';
import type { World } from '../world.ts';

/** `sraas images …`: the images that the built-in runtimes' sandboxes start from. Talks to the engine, not to the server. */
export function addImages(program: Command, context: CommandContext): void {
  const images = program.command('images').description('Builds and lists the images of the built-in runtimes.');
  addBuild(images, context);
  addImagesList(images, context);
}

function addBuild(images: Command, { world, adapters, finish }: CommandContext): void {
  const command = images
    .command('build')
    .argument('[runtime...]', 'which runtimes; all when left out')
    .description('Builds the images that are missing. Shows progress on stderr.')
    .addOption(new EnvironmentOption('--force', 'build anew what is there already'))
    .addHelpText('after', examples('sraas images build', 'sraas images build node24 --force'))
    .action(async (names: readonly string[], options: { readonly force?: boolean }, self: Command) => {
      const printer = printerFor(self, world);
      const engine = await adapters.createEngine((await loadConfig(self, world)).engineHost);
      const runtimes = chosen(new RuntimeCatalog(engine, imagesDirectory(world)), names);
      const results = await buildAll(engine, world, runtimes, options.force ?? false, {
        onProgress: (line) => {
          printer.note(line);
        },
        onBuilt: (runtime, { base, built, image }) => {
          if (printer.json) return;
          const how = built ? 'built' : 'was there already';
          printer.line(`${runtime.name} ${how}: ${bytesText(image.sizeBytes)} on ${base}`);
        },
      });
      if (printer.json) printer.document(results.map(([runtime, result]) => builtDocument(runtime, result)));
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

interface BuildListener {
  onProgress(line: string): void;
  onBuilt(runtime: Runtime, result: BuiltImage): void;
}

/** One after the other: they share their base, and the machine. A signal to stop cancels the build under way. */
async function buildAll(
  engine: Engine,
  world: World,
  runtimes: readonly Runtime[],
  force: boolean,
  listener: BuildListener,
): Promise<readonly (readonly [Runtime, BuiltImage])[]> {
  const builder = new ImageBuilder(engine, imagesDirectory(world));
  const cancel = new AbortController();
  const forget = world.onStopSignal((exitCode) => {
    if (cancel.signal.aborted) world.exitNow(exitCode);
    cancel.abort(new UsageError('The build was cancelled.'));
  });
  const results: [Runtime, BuiltImage][] = [];
  try {
    for (const runtime of runtimes) {
      const onProgress = (line: string): void => {
        listener.onProgress(line);
      };
      const result = await builder.build(runtime, { force, signal: cancel.signal, onProgress });
      listener.onBuilt(runtime, result);
      results.push([runtime, result]);
    }
  } finally {
    forget();
  }
  return results;
}

function chosen(catalog: RuntimeCatalog, names: readonly string[]): readonly Runtime[] {
  if (names.length === 0) return catalog.list();
  return names.map((name) => {
    const runtime = catalog.find(name);
    if (runtime !== undefined) return runtime;
    const known = catalog.list().map((each) => each.name);
    throw new UsageError(`There is no runtime ${name}: there are ${known.join(', ')}.`);
  });
}

function imagesDirectory(world: World): string {
  return join(world.installDirectory, 'images');
}

function builtDocument(runtime: Runtime, { image, base, built }: BuiltImage): object {
  return { runtime: runtime.name, image: image.id, size_bytes: image.sizeBytes, base, built };
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
