import type { ErrorTelling } from '../http/told-error.ts';
import { pageChoices } from '../compat/scaas/page/page-choices.ts';
import type { PageRoutesParts } from '../compat/scaas/page/page-routes.ts';
import { parseFunctionConfig } from '../functions/function-config.ts';
import { handlerRulesOf, requireRuntime } from '../functions/require-runtime.ts';
import type { Runtimes, ShownRuntime } from '../runtimes/runtimes.ts';
import { handlerRunCommand } from '../sandboxes/run-command.ts';
import type { OpenFunctions } from './functions.ts';
import type { OpenInvocations } from './invocations.ts';
import { readPage } from './pages.ts';
import type { State } from './state.ts';
import type { Surroundings } from './surroundings.ts';

interface PageParts
  extends
    ErrorTelling,
    Pick<OpenFunctions, 'policy'>,
    Pick<OpenInvocations, 'runOnce' | 'liveLogs'>,
    Pick<State, 'diskSpace'> {
  readonly runtimes: Runtimes;
}

/** What the page of SRaaS's service is made of. */
export function makeScaasPage({ config, installDirectory }: Surroundings, parts: PageParts): PageRoutesParts {
  const { policy, runtimes, diskSpace } = parts;
  return {
    ...parts,
    ...config,
    page: readPage(installDirectory, 'scaas'),
    choices: async () => pageChoices((await runtimes.show()).flatMap(offered), policy),
    checkConfig: (document) => {
      const checked = parseFunctionConfig(document, policy, handlerRulesOf(runtimes));
      requireRuntime(runtimes, checked.runtime);
      return checked;
    },
    commandOf: ({ runtime: name, limits, network }) => {
      const runtime = runtimes.find(name);
      if (runtime?.language === undefined) return '';
      return handlerRunCommand({ runtime, limits, network, engineRuntime: config.engineRuntime });
    },
    requireRoom: () => diskSpace.requireRoomFor('deploys'),
  };
}

/** Those that run handlers; programs have none. */
function offered(shown: ShownRuntime) {
  if (shown.kind === 'built_in') {
    const { runtime, state } = shown.state;
    return [{ name: runtime.name, language: runtime.language, ready: state === 'ready' }];
  }
  const { use } = shown.runtime;
  const isHandler = use === 'node' || use === 'python';
  return isHandler ? [{ name: shown.runtime.name, language: use, ready: shown.state === 'ready' }] : [];
}
