import { realpathSync } from 'node:fs';
import { sandboxPaths, shimExitCode } from '../protocol.ts';
import { errorDescriber } from './describe-error.ts';
import { endProcess, writeSync } from './originals.ts';
import { ProgramRun } from './program-run.ts';
import { Shim } from './shim.ts';
import type { Transport } from './transport.ts';
import { openTransport } from './transport.ts';

const directory = argument('--directory') ?? sandboxPaths.directory;
const codeDirectory = argument('--code') ?? sandboxPaths.code;
const shimFile = realpathSync(process.argv[1] ?? sandboxPaths.nodeShim);

const { openChannel, log, exposedDescriptors } = transport();
const channel = openChannel({
  onOpen: () => {
    shim.greet();
  },
  onFrame: (frame) => {
    shim.receive(frame);
  },
  onViolation: (error) => {
    endWith(shimExitCode.protocolViolation, describe(error));
  },
  onClosed: (error) => {
    if (error === undefined) endProcess(0);
    endWith(shimExitCode.noTransport, describe(error));
  },
});

const describe = errorDescriber(shimFile);
const shim = new Shim({
  codeDirectory,
  describe,
  send: channel.send,
  runProgram: (program) => new ProgramRun({ channel, codeDirectory, exposedDescriptors }, program),
  markOutput: (mark) => {
    if (mark !== undefined) print(log, mark);
  },
  crash: (text) => {
    endWith(shimExitCode.crashed, text);
  },
});

// Before any user code: what it adds later comes after these.
process.on('uncaughtException', (thrown) => {
  shim.uncaught(thrown);
});
process.on('unhandledRejection', (reason) => {
  shim.uncaught(reason);
});

function transport(): Transport {
  const shimArguments = ['--directory', directory, '--code', codeDirectory];
  try {
    return openTransport(argument('--transport') ?? 'socket', { directory, shimFile, shimArguments });
  } catch {
    // Whatever could be said would have nowhere to go.
    return endProcess(shimExitCode.noTransport);
  }
}

function endWith(code: number, text: string): never {
  print(2, `${text}\n`);
  return endProcess(code);
}

/** Output that has nowhere to go is no reason to fail: an exit code, or a mark that does not come, says enough. */
function print(descriptor: number, text: string): void {
  try {
    writeSync(descriptor, text);
  } catch {
    // See above.
  }
}

function argument(flag: string): string | undefined {
  const position = process.argv.indexOf(flag);
  return position === -1 ? undefined : process.argv[position + 1];
}
