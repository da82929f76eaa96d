#!/usr/bin/env node
import { runCli } from './cli/program.ts';
import { armFailpoint } from './failpoints.ts';
import { askHidden } from './cli/terminal/hidden-question.ts';
import { findInstallDirectory } from './installation.ts';

// A reader that stops early, `sraas list | head` for example, is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const failAt = process.env['SRAAS_FAIL_AT'];
if (failAt !== undefined && failAt !== '') {
  try {
    armFailpoint(failAt, () => process.kill(process.pid, 'SIGKILL'));
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    process.exit(2);
  }
}

const stopSignals = { SIGINT: 130, SIGTERM: 143 } as const;

process.exitCode = await runCli(process.argv.slice(2), {
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
