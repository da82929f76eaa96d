import { RunPrograms } from '../programs/run-programs.ts';
import type { Programs } from '../programs/program.ts';
import type { OpenLanguageRuntimes } from './language-runtimes.ts';

type ProgramsParts = ConstructorParameters<typeof RunPrograms>[0] & Pick<OpenLanguageRuntimes, 'needRuntime'>;

/** What runs programs. */
export interface OpenPrograms {
  readonly programs: Programs;
}

/** Makes what runs programs on the pools' sandboxes, among the calls of functions, and has the runtimes of languages made for them. */
export function openPrograms({ needRuntime, ...parts }: ProgramsParts): OpenPrograms {
  const programs = new RunPrograms(parts);
  return {
    programs: {
      run: async (request) => {
        await needRuntime(request.runtime, request.signal);
        return programs.run(request);
      },
    },
  };
}
