import { Router } from 'express';
import type { Languages } from '../../languages/language.ts';
import type { Runtimes, ShownRuntime } from '../../runtimes/runtimes.ts';
import type { LanguageDocument } from '../../wire/language.ts';
import { languageToWire } from '../language-wire.ts';
import { onlyParameters } from '../only-parameters.ts';
import type { ErrorTelling } from '../told-error.ts';

export interface LanguageRoutesParts extends Pick<ErrorTelling, 'explain'> {
  readonly languages: Languages;
  readonly runtimes: Pick<Runtimes, 'show'>;
}

/** The languages that programs may be in. */
export function languageRoutes(parts: LanguageRoutesParts): Router {
  const router = Router({ caseSensitive: true, strict: true });

  router.get('/languages', async (request, response) => {
    onlyParameters(request);
    const stateOf = await runtimeStates(parts);
    response.json({
      languages: parts.languages.list().map((language) => languageToWire(language, stateOf(language.runtime))),
    });
  });

  return router;
}

/** There are languages also while the engine is away. */
async function runtimeStates({
  runtimes,
  explain,
}: LanguageRoutesParts): Promise<(runtime: string) => LanguageDocument['runtime_state']> {
  try {
    const states = new Map((await runtimes.show()).map(stateOf));
    return (runtime) => states.get(runtime) ?? 'missing';
  } catch (error) {
    if (explain(error) === undefined) throw error;
    return () => 'unknown';
  }
}

function stateOf(shown: ShownRuntime): readonly [name: string, state: LanguageDocument['runtime_state']] {
  if (shown.kind === 'custom') return [shown.runtime.name, shown.state];
  return [shown.state.runtime.name, shown.state.state];
}
