import type { FunctionVersion } from '../functions/function.ts';

/** What a sandbox is started for: a version, and the host folder with its code, which the sandbox sees read-only. */
export interface Workload {
  readonly version: FunctionVersion;
  readonly codeDirectory: string;
}
