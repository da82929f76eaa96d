import { randomBytes } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { OutputLines } from '../builds/output-lines.ts';
import { SraasError } from '../errors.ts';
import type { ContainerOrder } from '../sandboxes/container-order.ts';
import type { ProgramContainer } from '../sandboxes/program-container.ts';
import { maxToldBytes, type InstallLimits, type InstallNetwork, type Registries } from './install-limits.ts';
import { installFailed, installProblem } from './install-problem.ts';
import { installSpec } from './install-spec.ts';
import { LastLines } from './last-lines.ts';
import { PackedOutput } from './packed-output.ts';
import type { PackageManager } from './package-manager.ts';

/** Makes hardened containers; the part of the launcher that an install needs. */
export interface ContainerMaker {
  prepareContainer(sandboxId: string, order: ContainerOrder): Promise<ProgramContainer>;
}

export interface InstallRunOptions {
  readonly containers: ContainerMaker;
  readonly manager: PackageManager;
  readonly runtime: string;
  /** Id of the runtime's base image. */
  readonly image: string;
  readonly inputDirectory: string;
  /** Where the tar of the packages goes. */
  readonly archivePath: string;
  readonly limits: InstallLimits;
  readonly network: InstallNetwork;
  readonly registries: Registries;
  readonly signal: AbortSignal;
  readonly onLine: (text: string) => void;
}

/**
 * Installs in a container of its own, of which nothing is left afterwards. What comes out is a hostile archive until it has been
 * checked: an install script can write anything.
 * @throws SraasError `DEPENDENCIES_FAILED`, `ARTIFACT_TOO_LARGE`, `INSUFFICIENT_STORAGE`, `DRAINING` when the signal aborts, and what
 * starting a container throws.
 */
export async function runInstall(options: InstallRunOptions): Promise<void> {
  const { containers, runtime, limits, archivePath, manager, network, signal } = options;
  const full = new AbortController();
  const lastLines = new LastLines();
  const stop = (): void => {
    full.abort();
  };
  const told = new Told((line) => {
    lastLines.add(line);
    options.onLine(line);
  }, stop);
  const container = await containers.prepareContainer(`install-${randomBytes(8).toString('hex')}`, {
    runtime,
    version: undefined,
    network: network === 'egress' ? 'egress' : 'none',
    specOf: (plan) => installSpec({ ...options, ...plan, installNetwork: network }),
  });
  const output = new PackedOutput(archivePath, limits.packedBytes, stop);
  try {
    const { ending } = await container.run({
      stdin: Buffer.alloc(0),
      timeoutMs: limits.timeoutMs,
      maxStdoutBytes: 0,
      maxStderrBytes: 0,
      signal: AbortSignal.any([signal, full.signal]),
      onStdout: (piece) => {
        output.add(piece);
      },
      onStderr: (piece) => {
        told.add(piece);
      },
    });
    told.end();
    output.assertWritten();
    if (output.isTooLarge()) throw tooLarge();
    if (told.isTooMuch()) throw installFailed(`${manager} and its scripts said too much.`, lastLines.lines);
    const problem = installProblem(ending, { manager, limits, lines: lastLines.lines });
    if (problem !== undefined) throw problem;
  } finally {
    output.close();
    await container.release();
  }
}

/** What the package manager says, as lines, up to a number of bytes. */
class Told {
  readonly #lines = new OutputLines();
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  readonly #onTooMuch: () => void;
  #bytes = 0;

  constructor(onLine: (line: string) => void, onTooMuch: () => void) {
    this.#onLine = onLine;
    this.#onTooMuch = onTooMuch;
  }

  isTooMuch(): boolean {
    return this.#bytes > maxToldBytes;
  }

  add(piece: Uint8Array): void {
    if (this.isTooMuch()) return;
    this.#bytes += piece.length;
    for (const line of this.#lines.add(this.#decoder.write(Buffer.from(piece)))) {
      if (line !== '') this.#onLine(line);
    }
    if (this.isTooMuch()) this.#onTooMuch();
  }

  end(): void {
    const last = this.#lines.end();
    if (last !== undefined) this.#onLine(last);
  }
}

function tooLarge(): SraasError {
  return new SraasError(
    'ARTIFACT_TOO_LARGE',
    'The installed packages have more bytes than a function’s code may have: leave out what the function does not need.',
  );
}
