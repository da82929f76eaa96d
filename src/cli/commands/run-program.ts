import { readFile, stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import type { Command } from 'commander';
import type { ProgramDocument, ProgramFacts } from '../../wire/program.ts';
import { clientFor, printerFor, type CommandContext } from '../command-line.ts';
import { configDocument } from '../config-document.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { durationText } from '../terminal/amounts.ts';
import type { Printer } from '../terminal/printer.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { unreadableFile } from '../unreadable-file.ts';
import { untilToldToStop } from '../until-told-to-stop.ts';
import { UsageError } from '../usage-error.ts';
import type { World } from '../world.ts';

export interface RunProgramOptions {
  readonly runtime?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly memoryMb?: number;
  readonly timeoutMs?: number;
}

/** What files are usually written in, by the ends of their names. */
const languages: ReadonlyMap<string, string> = new Map([
  ['.py', 'python3'],
  ['.js', 'javascript'],
  ['.mjs', 'javascript'],
  ['.cjs', 'javascript'],
  ['.ts', 'typescript'],
  ['.mts', 'typescript'],
  ['.sh', 'sh'],
  ['.bash', 'bash'],
]);

/** Whether what `run` was given is a program rather than the name of a handler. */
export async function isProgramFile(world: World, path: string): Promise<boolean> {
  const found = await stat(resolve(world.workingDirectory, path)).catch(() => undefined);
  return found?.isFile() === true;
}

/**
 * Runs the program of a file: what it writes goes where the command's own output goes, while it runs.
 * @throws UsageError, ClientError
 */
export async function runProgramFile(
  { world }: CommandContext,
  command: Command,
  file: string,
  programArguments: readonly string[],
  options: RunProgramOptions,
): Promise<ExitCode> {
  const printer = printerFor(command, world);
  const program = await programOf(world, file, programArguments, options);
  const client = clientFor(command, world);
  const ended = await untilToldToStop(world, async (signal) => {
    if (printer.json) {
      const reply = await client.runProgram(program, { signal });
      printer.document(reply);
      return exitCodeOf(reply);
    }
    let facts: ProgramFacts | undefined;
    // Bytes, so that a pipe gets what was written.
    for await (const event of client.followProgram({ ...program, output: 'base64' }, { signal })) {
      if ('base64' in event) await printer.written(event.event, Buffer.from(event.base64, 'base64'));
      else if (event.event === 'dropped') printer.note(`-- ${event.bytes} bytes left out here`);
      else if (event.event === 'ended') facts = event;
    }
    return facts === undefined ? exitCodes.platform : told(printer, facts);
  });
  return ended ?? exitCodes.functionFailed;
}

async function programOf(
  world: World,
  file: string,
  args: readonly string[],
  { runtime = languages.get(extname(file).toLowerCase()), ...flags }: RunProgramOptions,
): Promise<ProgramDocument> {
  if (runtime === undefined) {
    throw new UsageError(
      `The name of ${basename(file)} does not tell its language: give --runtime; \`sraas languages\` lists them.`,
    );
  }
  const path = resolve(world.workingDirectory, file);
  const code = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadableFile(file, error);
  });
  return {
    runtime,
    code,
    args,
    stdin_base64: await readStdin(world),
    ...configDocument({}, flags, {}),
  };
}

/** Nothing from a terminal: nobody has typed anything yet, and a program that reads would wait for the end of it. */
async function readStdin(world: World): Promise<string> {
  const pieces: Uint8Array[] = [];
  if (!world.isTerminal.stdin) for await (const piece of world.stdin) pieces.push(piece);
  return Buffer.concat(pieces).toString('base64');
}

/** Says on stderr what the output does not: how a program ended that did not end well. */
function told(printer: Printer, facts: ProgramFacts): ExitCode {
  if (facts.invocation.outcome !== 'ok') printer.note(`-- ${endOf(facts)} in ${durationText(facts.duration_ms)}`);
  return exitCodeOf(facts);
}

function endOf({ timed_out: timedOut, out_of_memory: outOfMemory, exit_code: exitCode, signal }: ProgramFacts): string {
  if (timedOut) return 'timeout';
  if (outOfMemory) return 'out_of_memory';
  return exitCode === null ? `ended by ${safeLine(signal ?? 'nobody knows what')}` : `exit code ${exitCode}`;
}

function exitCodeOf({ invocation }: ProgramFacts): ExitCode {
  return invocation.outcome === 'ok' ? exitCodes.ok : exitCodes.functionFailed;
}
