import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { sandboxPaths, shimExitCode } from '../protocol.ts';
import { openChannel } from './channel.ts';
import { errorDescriber } from './describe-error.ts';
import { endProcess, writeSync } from './originals.ts';
import { redirectOutput } from './output.ts';
import { Shim } from './shim.ts';

const directory = argument('--directory') ?? sandboxPaths.directory;
const codeDirectory = argument('--code') ?? sandboxPaths.code;
const shimFile = realpathSync(process.argv[1] ?? sandboxPaths.nodeShim);

try {
  redirectOutput(join(directory, sandboxPaths.outputFifo));
} catch {
  // Whatever could be said would have nowhere to go.
  endProcess(shimExitCode.noTransport);
}

const channel = openChannel(join(directory, sandboxPaths.channelSocket), {
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

function endWith(code: number, text: string): never {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // The exit code says enough.
  }
  return endProcess(code);
}

function argument(flag: string): string | undefined {
  const position = process.argv.indexOf(flag);
  return position === -1 ? undefined : process.argv[position + 1];
}
