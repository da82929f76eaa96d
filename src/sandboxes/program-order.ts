import type { FunctionConfig, FunctionVersion } from '../functions/function.ts';
import type { ProgramContainer } from './program-container.ts';
import type { ProgramEnd, ProgramInput } from './ready-program.ts';
import type { ProgramPlan } from './program-spec.ts';

/** A program to run in a container of its own. */
export interface ProgramOrder extends Pick<
  ProgramPlan,
  'image' | 'command' | 'workingDirectory' | 'searchPath' | 'environment' | 'codeDirectory' | 'limits' | 'executableTmp'
> {
  readonly network: FunctionConfig['network'] | undefined;
  /** The name that its image goes by. */
  readonly runtime: string;
  /** What it runs for; undefined when it runs for nothing that was deployed. */
  readonly version: FunctionVersion | undefined;
}

/**
 * Runs a program once, in a container that nothing has run in before and that nothing of is left afterwards.
 * @throws SraasError RUNTIME_NOT_READY, ENGINE_UNAVAILABLE, SANDBOX_START_FAILED. How it ended is in what it resolves with.
 */
export async function runProgram(
  launcher: { prepareProgram(sandboxId: string, order: ProgramOrder): Promise<ProgramContainer> },
  sandboxId: string,
  order: ProgramOrder,
  input: ProgramInput,
): Promise<ProgramEnd> {
  const container = await launcher.prepareProgram(sandboxId, order);
  try {
    return await container.run(input);
  } finally {
    await container.release();
  }
}
