import type { Cancellation } from '../cancellation.ts';
import { randomUUID } from 'node:crypto';
import type { ArtifactStore, StagedArtifact } from '../artifacts/artifact-store.ts';
import { SraasError } from '../errors.ts';
import { defaultAsyncPolicy } from '../functions/function-policy.ts';
import type { FunctionId, FunctionVersion } from '../functions/function.ts';
import { requireRuntime, type RuntimeDirectory } from '../functions/require-runtime.ts';
import type { InFlight } from '../invocations/in-flight.ts';
import type { Pools } from '../sandboxes/pools.ts';
import type { ProgramWork } from '../sandboxes/program-work.ts';
import { ownDockerfile } from '../runtimes/custom/runtime-name.ts';
import { programResult } from './program-result.ts';
import type { ProgramRequest, ProgramResult, Programs } from './program.ts';

interface RunProgramsParts {
  readonly artifacts: Pick<ArtifactStore, 'stage'>;
  readonly runtimes: RuntimeDirectory;
  readonly inFlight: InFlight;
  readonly pools: Pick<Pools, 'borrow' | 'retire'>;
}

/**
 * Runs programs on the pools' sandboxes, so that they wait for room as calls of functions do, and among them. Each gets a
 * container that has never run anything; who waits for the result does not wait for its removal.
 */
export class RunPrograms implements Programs {
  readonly #parts: RunProgramsParts;

  constructor(parts: RunProgramsParts) {
    this.#parts = parts;
  }

  async run(request: ProgramRequest): Promise<ProgramResult> {
    const { inFlight } = this.#parts;
    this.#requireRunnable(request);
    const call = { invocationId: request.id, version: nobodys, signal: request.signal };
    return await inFlight.track(call, (signal, onRunning) => this.#staged(request, signal, onRunning));
  }

  /** @throws SraasError RUNTIME_NOT_FOUND, RUNTIME_NOT_READY, INVALID_CONFIG */
  #requireRunnable({ runtime: name, command }: ProgramRequest): void {
    if (name === ownDockerfile) {
      throw refusal('/runtime', 'The runtime "dockerfile" is for functions that are deployed: choose another.');
    }
    const { language } = requireRuntime(this.#parts.runtimes, name);
    if (language === undefined || command.length > 0) return;
    throw refusal('/command', `The runtime ${name} has no program of its own: say what to run in it.`);
  }

  async #staged(request: ProgramRequest, signal: Cancellation, onRunning: () => void): Promise<ProgramResult> {
    const { artifacts, pools } = this.#parts;
    const staged = await artifacts.stage(request.files, { language: 'other', mayBeNone: true });
    const version = versionOf(request, staged);
    try {
      return await this.#borrowed(request, { version, codeDirectory: staged.directory }, signal, onRunning);
    } finally {
      pools.retire(version.functionId);
      await staged.discard();
    }
  }

  async #borrowed(
    request: ProgramRequest,
    code: { readonly version: FunctionVersion; readonly codeDirectory: string },
    signal: Cancellation,
    onRunning: () => void,
  ): Promise<ProgramResult> {
    const loan = await this.#parts.pools
      .borrow({ ...code, program: workOf(request) }, signal)
      .catch((error: unknown) => {
        throw signal.aborted ? reasonOf(signal) : error;
      });
    try {
      const { lease } = loan;
      if (lease.kind !== 'sandbox') throw new TypeError('A program has nothing to load');
      onRunning();
      const call = { invocationId: request.id, envelope: Buffer.alloc(0), signal };
      const { program } = await lease.sandbox.invoke(call);
      if (program === undefined) throw new TypeError('A program came to no end');
      return programResult(program, () => reasonOf(signal));
    } finally {
      loan.release();
    }
  }
}

/** What it is listed as while it runs. */
const nobodys = { functionName: 'run', number: 1 };

function workOf(request: ProgramRequest): ProgramWork {
  const { limits, stdin, executableTmp, onStarted, onStdout, onStderr, untilRoom } = request;
  return {
    command: request.command,
    arguments: request.arguments,
    environment: request.environment,
    ...(executableTmp === undefined ? {} : { executableTmp }),
    input: {
      stdin,
      timeoutMs: limits.timeoutMs,
      maxStdoutBytes: limits.resultBytes,
      maxStderrBytes: limits.logBytes,
      ...(onStarted === undefined ? {} : { onStarted }),
      ...(onStdout === undefined ? {} : { onStdout }),
      ...(onStderr === undefined ? {} : { onStderr }),
      ...(untilRoom === undefined ? {} : { untilRoom }),
    },
  };
}

/** A version of a function that is nowhere, and that serves nobody again. */
function versionOf({ runtime, limits, network }: ProgramRequest, { hash, sizeBytes }: StagedArtifact): FunctionVersion {
  return {
    functionId: `run-${randomUUID()}` as FunctionId,
    functionName: nobodys.functionName,
    number: nobodys.number,
    config: {
      runtime,
      handler: undefined,
      description: '',
      env: {},
      secrets: {},
      limits,
      network,
      isolation: 'fresh',
      concurrency: { max: 1, warmMin: 0 },
      async: defaultAsyncPolicy,
      history: 'none',
      labels: {},
    },
    artifactHash: hash,
    artifactBytes: sizeBytes,
    entry: undefined,
    createdAt: new Date(),
  };
}

function refusal(pointer: string, message: string): SraasError {
  return new SraasError('INVALID_CONFIG', message, { violations: [{ pointer, message }] });
}

function reasonOf(signal: Cancellation): SraasError {
  const reason: unknown = signal.reason;
  return reason instanceof SraasError
    ? reason
    : new SraasError('INVOCATION_CANCELLED', 'The program was cancelled, and killed if it ran.', { cause: reason });
}
