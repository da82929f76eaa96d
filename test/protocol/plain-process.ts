import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { StartShim } from './shim-process.ts';

interface PlainProcess {
  readonly program: string;
  readonly arguments: readonly string[];
  /** The folder that the shim takes for the function's. */
  readonly codeDirectory: string;
  /** Where it finds programs; the usual folders when left out. */
  readonly searchPath?: string;
}

/** Starts shims as children of this process, without a container: fast, and with nothing around them that would help. */
export function asPlainProcess({
  program,
  arguments: given,
  codeDirectory,
  searchPath = '/usr/local/bin:/usr/bin:/bin',
}: PlainProcess): StartShim {
  return (directory) => {
    const child = spawn(program, [...given, '--directory', directory, '--code', codeDirectory], {
      cwd: codeDirectory,
      stdio: 'ignore',
      // A program that signals its shim's group is not to reach the tests.
      detached: true,
      env: { PATH: searchPath },
    });
    return {
      exited: once(child, 'exit').then(([code, signal]) => ({
        type: 'exit',
        code: code as number | null,
        signal: signal as NodeJS.Signals | null,
      })),
      kill: () => void child.kill('SIGKILL'),
    };
  };
}
