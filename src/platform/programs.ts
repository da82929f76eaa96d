import { RunPrograms } from '../programs/run-programs.ts';
import type { Programs } from '../programs/program.ts';

type RunProgramsParts = ConstructorParameters<typeof RunPrograms>[0];

/** What runs programs. */
export interface OpenPrograms {
  readonly programs: Programs;
}

/** Makes what runs programs on the pools' sandboxes, among the calls of functions. */
export function openPrograms(parts: RunProgramsParts): OpenPrograms {
  return { programs: new RunPrograms(parts) };
}
