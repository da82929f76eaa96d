#!/usr/bin/env node
import cluster from 'node:cluster';
import { setFlagsFromString } from 'node:v8';
import { runCli } from './cli/program.ts';
import { armFailpoint } from './failpoints.ts';
import { askHidden } from './cli/terminal/hidden-question.ts';
import { findInstallDirectory } from './installation.ts';

// V8's heap may become twice as large as what lives in it, then it is collected. By itself V8 lets it grow to four times that where
// memory is plenty, and a busy server would be half as large again as it has to be.
setFlagsFromString('--heap-growing-percent=100');

// A reader that stops early, `sraas list | head` for example, is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

// Tests of crashes are about the server: it takes its workers along.
const failAt = cluster.isWorker ? undefined : process.env['SRAAS_FAIL_AT'];
if (failAt !== undefined && failAt !== '') {
  try {
    armFailpoint(failAt, () => process.kill(process.pid, 'SIGKILL'));
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    process.exit(2);
  }
}

const stopSignals = { SIGINT: 130, SIGTERM: 143 } as const;

if (cluster.isWorker) await beWorker();
else process.exitCode = await beCommand();

/** The server says what to do: also when the signal to stop is for all of its processes, as that of a terminal is. */
async function beWorker(): Promise<void> {
  for (const signal of Object.keys(stopSignals)) process.on(signal, () => undefined);
  const { serveAsWorker } = await import('./platform/worker-main.ts');
  serveAsWorker({
    send: (message, onSent) => process.send?.(message, undefined, undefined, onSent),
    onMessage: (listener) => process.on('message', listener),
  });
}

function beCommand(): Promise<number> {
  return runCli(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    isTerminal: { stdin: process.stdin.isTTY, stdout: process.stdout.isTTY, stderr: process.stderr.isTTY },
    environment: process.env,
    workingDirectory: process.cwd(),
    installDirectory: findInstallDirectory(import.meta.dirname),
    nodeVersion: process.versions.node,
    userId: process.getuid?.(),
    askHidden: (question) => askHidden(question, process.stdin, process.stderr),
    fetch: (url, init) => fetch(url, init),
    onStopSignal(listener) {
      const listeners = Object.entries(stopSignals).map(([signal, exitCode]) => {
        const listen = (): void => {
          listener(exitCode);
        };
        process.on(signal, listen);
        return (): void => {
          process.off(signal, listen);
        };
      });
      return () => {
        for (const stopListening of listeners) stopListening();
      };
    },
    exitNow: (exitCode) => process.exit(exitCode),
  });
}
