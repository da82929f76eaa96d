import type { Command } from 'commander';
import type { Platform } from '../../platform.ts';
import { examples, printerFor, type CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { addSettingOptions, loadConfig } from '../load-config.ts';
import { takePriority } from '../take-priority.ts';
import type { World } from '../world.ts';

const help = examples(
  'sraas serve',
  'sraas serve --port 9000 --data-dir ./data',
  'sraas serve --compat functron,ranna',
  'SRAAS_MAX_SANDBOXES=20 sraas serve --config sraas.config.json',
);

/** `sraas serve`: runs the server in the foreground until it is told to stop. */
export function addServe(program: Command, { world, adapters, finish }: CommandContext): void {
  const command = program
    .command('serve')
    .description('Runs the server. SIGTERM or Ctrl-C lets calls finish, a second one ends it at once.')
    .addHelpText('after', help)
    .action(async (_options: object, self: Command) => {
      const printer = printerFor(self, world);
      const config = await loadConfig(self, world);
      takePriority(config.nice);
      const platform = await adapters.createPlatform(config);
      const stopping = whenToldToStop(world);
      try {
        await startAndStop(platform, stopping.first, ({ url, compatUrls }) => {
          if (printer.json) {
            printer.document({ url, ...(Object.keys(compatUrls).length === 0 ? {} : { compat_urls: compatUrls }) });
            return;
          }
          printer.line(`sraas listens on ${url}`);
          for (const [api, address] of Object.entries(compatUrls)) printer.line(`The API of ${api} is on ${address}`);
        });
      } finally {
        stopping.forget();
      }
      finish(exitCodes.ok);
    });
  addSettingOptions(command);
}

/** Stops also when told so while it still starts, and when the start fails half-way. */
async function startAndStop(
  platform: Platform,
  stop: Promise<void>,
  onListening: (urls: Awaited<ReturnType<Platform['start']>>) => void,
): Promise<void> {
  try {
    const started = platform.start().then(onListening);
    await Promise.all([started, stop]);
  } finally {
    await platform.stop();
  }
}

function whenToldToStop(world: World): { readonly first: Promise<void>; readonly forget: () => void } {
  const { promise, resolve } = deferred();
  let told = false;
  const forget = world.onStopSignal((exitCode) => {
    if (told) world.exitNow(exitCode);
    told = true;
    resolve();
  });
  return { first: promise, forget };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
