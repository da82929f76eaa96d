import { closeSync, constants, mkdtempSync, openSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childProcess } from './child-process.ts';

/** The standard streams of a program, as both sides hold them until it has been started. */
export interface ProgramStreams {
  /** Descriptors for the program; undefined where Node is to make a pair of sockets. */
  readonly given: readonly (number | undefined)[];
  /** The ends of stdout and stderr to read from; undefined where Node makes them. */
  readonly readable: readonly (number | undefined)[];
}

const mkfifoTimeoutMs = 2000;

/**
 * Makes streams that a program can open anew by their names in /dev, as many do: Node gives its children sockets, which cannot
 * be. Its input becomes a file, its output goes into FIFOs; nothing of them stays in any folder. Where the system lacks what
 * that takes, a stream is left to Node.
 *
 * No FIFO for the input: who opens one whose writer has left waits for another. Source: fifo(7).
 */
export function makeProgramStreams(stdin: Uint8Array): ProgramStreams {
  let directory: string | undefined;
  try {
    directory = mkdtempSync(join(tmpdir(), '.sraas-'));
    const input = inputFile(directory, stdin);
    const fifos = makeFifos(['stdout', 'stderr'].map((name) => join(directory ?? '', name)));
    return {
      given: [input, ...fifos.map(({ writable }) => writable)],
      readable: fifos.map(({ readable }) => readable),
    };
  } catch {
    return { given: [], readable: [] };
  } finally {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  }
}

/** Closes this process's copies of what the program has got. */
export function closeGiven({ given }: ProgramStreams): void {
  for (const descriptor of given) if (descriptor !== undefined) closeSync(descriptor);
}

function inputFile(directory: string, stdin: Uint8Array): number | undefined {
  if (stdin.length === 0) return openSync('/dev/null', constants.O_RDONLY);
  const { bavail, bsize } = statfsSync(directory);
  if (bavail * bsize <= stdin.length) return undefined;
  const path = join(directory, 'stdin');
  writeFileSync(path, stdin, { mode: 0o600 });
  return openSync(path, constants.O_RDONLY);
}

/** None where they cannot be made. */
function makeFifos(paths: readonly string[]): readonly { readonly readable: number; readonly writable: number }[] {
  const { status } = childProcess().spawnSync('mkfifo', ['-m', '600', ...paths], {
    stdio: 'ignore',
    timeout: mkfifoTimeoutMs,
  });
  if (status !== 0) return [];
  return paths.map((path) => {
    // Without O_NONBLOCK it would wait for a writer; the writer finds a reader then.
    const readable = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return { readable, writable: openSync(path, constants.O_WRONLY) };
  });
}
