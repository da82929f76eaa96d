import type { BaseOptions } from './base.ts';
import type { ContextFile } from './build-context.ts';
import type { Distribution } from './distribution.ts';
import type { Runtime } from './runtime.ts';

/** The small root file system that a language's base stands on. */
export interface RootPlan {
  /** The release that it is made from: this machine's own, or another of the same distribution. */
  readonly distribution: Distribution;
  readonly packages: readonly string[];
}

/** What the Dockerfile of a language's base needs besides the root file system. */
export interface LanguageProgram {
  /** For people: `Node 24.1.0`. */
  readonly name: string;
  /** Names exactly what is added, so that another version gives another image. */
  readonly version: string;
  readonly files: readonly ContextFile[];
}

/** How a language's official image is stood in for on a machine without a registry. Its Dockerfile is `<language>.Dockerfile` in `images/base`. */
export interface LanguageBase {
  /** @throws SraasError `RUNTIME_NOT_READY` when the machine's distribution does not have what it takes. */
  root(runtime: Runtime, machine: Distribution): RootPlan;
  /** Fetches the program, where it does not come with the root file system. @param directory an empty folder for it. */
  program(runtime: Runtime, directory: string, options: BaseOptions): Promise<LanguageProgram>;
}
