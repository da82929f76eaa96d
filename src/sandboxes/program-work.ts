import type { ProgramInput } from './ready-program.ts';

/** A program to run once instead of a handler, with what goes in and who is told of what comes out. */
export interface ProgramWork {
  /** An argument vector; empty for an image's own program. */
  readonly command: readonly string[];
  /** What stands behind those of the command. */
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** WEAKENS: as that of a ProgramPlan. */
  readonly executableTmp?: true;
  readonly input: Omit<ProgramInput, 'signal'>;
}
