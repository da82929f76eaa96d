import type { SraasError } from '../errors.ts';
import { notReady } from './base.ts';
import { ProgramError } from './run-program.ts';
import type { Runtime } from './runtime.ts';

/** What to tell when a program that a base needs has failed: our sentence, and what the program said last. */
export function programFailure(runtime: Pick<Runtime, 'name'>, sentence: string, error: unknown): SraasError {
  const said = error instanceof ProgramError ? error.lastLine || error.message : String(error);
  return notReady(runtime, `${sentence}: ${said}`, error);
}
