import type { Command } from 'commander';
import { SraasClient } from '../client/sraas-client.ts';
import type { Adapters } from './adapters.ts';
import type { ExitCode } from './exit-code.ts';
import { Printer } from './terminal/printer.ts';
import { UsageError } from './usage-error.ts';
import type { World } from './world.ts';

/** What every command is made with. */
export interface CommandContext {
  readonly world: World;
  readonly adapters: Adapters;
  /** Says how the process will end. */
  readonly finish: (exitCode: ExitCode) => void;
}

interface GlobalOptions {
  readonly url: string;
  readonly json?: boolean;
}

export function printerFor(command: Command, world: World): Printer {
  return new Printer(world, command.optsWithGlobals<GlobalOptions>().json ?? false);
}

export function clientFor(command: Command, world: World): SraasClient {
  const { url } = command.optsWithGlobals<GlobalOptions>();
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError(`--url ${url} is not the address of a server: give one like http://127.0.0.1:8080.`);
  }
  return new SraasClient({ url, fetch: world.fetch });
}

/** The examples at the end of a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
}
