import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { SraasError } from '../errors.ts';
import { defaultLimits } from '../functions/function-policy.ts';
import type { HandlerRuntime } from '../runtimes/runtime.ts';
import type { Launcher } from './launcher.ts';

interface HandlerTrialParts {
  readonly launcher: Pick<Launcher, 'launch'>;
  /** Host folder for the empty code folder of the sandbox. */
  readonly codeDirectory: string;
}

/**
 * Starts a sandbox on an image as if for a function, with our shim and no code, and gives the version that its interpreter
 * says it has. Nothing is left of it.
 * @throws SraasError `RUNTIME_BUILD_FAILED` when no shim answers, and what a launch throws when that is not the image's fault.
 */
export async function tryHandlerImage(
  { launcher, codeDirectory }: HandlerTrialParts,
  runtime: HandlerRuntime,
  image: string,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  const id = randomBytes(8).toString('hex');
  try {
    const container = await launcher.launch(id, {
      runtime: runtime.name,
      limits: defaultLimits,
      version: undefined,
      codeDirectory: join(codeDirectory, id),
      ownsCode: true,
      candidate: { runtime, image },
    });
    await container.release();
    return container.languageVersion;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof SraasError) || error.code !== 'SANDBOX_START_FAILED') throw error;
    throw new SraasError(
      'RUNTIME_BUILD_FAILED',
      `The interpreter ${runtime.interpreter} of the image did not get as far as saying hello: it must start by itself as an ` +
        'unprivileged user, on a read-only file system, without a network.',
      { cause: error },
    );
  }
}
