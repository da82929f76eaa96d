import type { FunctionVersion } from '../functions/function.ts';
import { sandboxRuntimeName } from '../runtimes/custom/runtime-name.ts';
import type { ProgramWork } from './program-work.ts';

/** What a sandbox is started for: a version, and the host folder with its code, which the sandbox sees read-only. */
export interface Workload {
  readonly version: FunctionVersion;
  readonly codeDirectory: string;
  /** Makes sure that the code is in that folder; left out where it is. @throws SraasError what fetching it can fail with. */
  readonly bringCode?: () => Promise<void>;
  /** What is run once in the version's stead; left out by all that serves invocations. */
  readonly program?: ProgramWork;
}

/** The name that the runtime of a version's sandboxes goes by: a version with a Dockerfile of its own has one for itself. */
export function runtimeOf({ config, imageKey }: Pick<FunctionVersion, 'config' | 'imageKey'>): string {
  return sandboxRuntimeName(config.runtime, imageKey);
}
