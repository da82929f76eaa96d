import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants, setPriority } from 'node:os';

/** How one run of esbuild ended. `exhausted`: it needed more memory, time or output than it may have, or crashed. */
export type EsbuildRun =
  | { readonly ended: 'ok'; readonly output: string }
  | { readonly ended: 'refused'; readonly messages: string }
  | { readonly ended: 'exhausted' };

/** Address space of one run. A source of 5 MB takes about 0.5 GiB; Go's runtime reserves about 1 GiB that it never touches. */
const addressSpaceKib = 2 * 1024 * 1024;
const timeoutMs = 20_000;
const outputBytes = 32 * 1024 * 1024;
const messageBytes = 256 * 1024;

/**
 * The limits are set by the shell in the process that then becomes esbuild: a limit is inherited, and no other program is needed. Where
 * the system has no such limit (macOS), time and output still end a run.
 */
const limitedExec = `ulimit -c 0; ulimit -v ${addressSpaceKib} 2>/dev/null || :; exec "$0" "$@"`;

/**
 * Runs esbuild once over one source: a process per source, with nothing of our environment in it. esbuild folds constants while it reads,
 * so a few hundred bytes of enum members that double one another would fill the machine's memory in the long-lived process of its
 * JavaScript API; here they end a process that may not grow.
 */
export function runEsbuild(source: string, flags: readonly string[]): Promise<EsbuildRun> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', limitedExec, esbuildPath(), ...flags], {
      cwd: '/',
      env: {},
      stdio: 'pipe',
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    stepBack(child.pid);
    const stop = (): unknown => child.kill('SIGKILL');
    const output = collect(child.stdout, outputBytes, stop);
    const messages = collect(child.stderr, messageBytes, stop);
    child.on('error', reject);
    child.on('close', (exitCode) => {
      const [outputText, messageText] = [output(), messages()];
      if (outputText === undefined || messageText === undefined) resolve({ ended: 'exhausted' });
      else if (exitCode === 0) resolve({ ended: 'ok', output: outputText });
      else if (exitCode === 1) resolve({ ended: 'refused', messages: messageText });
      else resolve({ ended: 'exhausted' });
    });
    // A process that ended early does not read its input; how it ended says why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(source);
  });
}

/** A server with a priority of its own does not lend it to work on what a caller sent. */
function stepBack(processId: number | undefined): void {
  try {
    if (processId !== undefined) setPriority(processId, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already.
  }
}

/** Gives all of a stream's text once it has ended, or undefined if it was too long; then `stop` was called as soon as that was known. */
function collect(stream: NodeJS.ReadableStream, limitBytes: number, stop: () => unknown): () => string | undefined {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  stream.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes <= limitBytes) chunks.push(chunk);
    else stop();
  });
  return () => (sizeBytes <= limitBytes ? Buffer.concat(chunks).toString('utf8') : undefined);
}

/** The native program is in a package of its own for each platform, which esbuild's package depends on. */
function esbuildPath(): string {
  const esbuild = createRequire(import.meta.url).resolve('esbuild');
  return createRequire(esbuild).resolve(`@esbuild/${process.platform}-${process.arch}/bin/esbuild`);
}
