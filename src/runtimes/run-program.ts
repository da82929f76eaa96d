import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ProgramOptions {
  readonly workingDirectory: string;
  /** Called with each line that the program writes, to either stream. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** A program that could not be started, or ended with something other than 0. `lastLine` is what it said last. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly missing: boolean;
  readonly lastLine: string;

  constructor(message: string, details: { missing: boolean; lastLine: string }) {
    super(message);
    this.missing = details.missing;
    this.lastLine = details.lastLine;
  }
}

/**
 * Runs a program of this machine to its end, with this process's environment and without a shell.
 * An abort kills it with SIGKILL. Rejects with a {@link ProgramError}.
 */
export function runProgram(file: string, programArguments: readonly string[], options: ProgramOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, programArguments, {
      cwd: options.workingDirectory,
      stdio: ['ignore', 'pipe', 'pipe'],
      killSignal: 'SIGKILL',
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    let lastLine = '';
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (line.trim() === '') return;
        lastLine = line.trim();
        options.onLine?.(lastLine);
      });
    }
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(new ProgramError(`${file}: ${error.message}`, { missing: error.code === 'ENOENT', lastLine }));
    });
    child.once('close', (exitCode, killedBy) => {
      if (exitCode === 0) resolve();
      else reject(new ProgramError(`${file} ended with ${exitCode ?? killedBy ?? '?'}`, { missing: false, lastLine }));
    });
  });
}
