import { meteredPrograms } from '../metrics/metered.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { RunPrograms } from '../programs/run-programs.ts';
import type { Programs } from '../programs/program.ts';
import type { OpenLanguageRuntimes } from './language-runtimes.ts';
import { meteringOf } from './metrics.ts';

type ProgramsParts = { readonly metrics: Metrics } & ConstructorParameters<typeof RunPrograms>[0] &
  Pick<OpenLanguageRuntimes, 'needRuntime'>;

/** What runs programs. */
export interface OpenPrograms {
  readonly programs: Programs;
}

/** Makes what runs programs on the pools' sandboxes, among the calls of functions, and has the runtimes of languages made for them. */
export function openPrograms({ needRuntime, metrics, ...parts }: ProgramsParts): OpenPrograms {
  const programs = new RunPrograms(parts);
  return {
    programs: meteredPrograms(
      {
        run: async (request) => {
          await needRuntime(request.runtime, request.signal);
          return programs.run(request);
        },
      },
      meteringOf(metrics),
    ),
  };
}
