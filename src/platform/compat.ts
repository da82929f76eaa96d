import { statSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { timeOrderedId } from '../time-ordered-id.ts';
import { parseCompatApis, type CompatApi } from '../compat/compat-apis.ts';
import { functronApp } from '../compat/functron/app.ts';
import { errorForm as functronErrors } from '../compat/functron/exec-reply.ts';
import { rannaApp } from '../compat/ranna/app.ts';
import { RateLimit } from '../compat/ranna/rate-limit.ts';
import { errorForm as rannaErrors } from '../compat/ranna/refusal.ts';
import { RannaRuns } from '../compat/ranna/runs.ts';
import { RannaSocket } from '../compat/ranna/socket.ts';
import { scaasApp } from '../compat/scaas/app.ts';
import { Deployments } from '../compat/scaas/deployments.ts';
import { pageRoutes } from '../compat/scaas/page/page-routes.ts';
import { errorForm as scaasErrors } from '../compat/scaas/refusal.ts';
import { errorForm as tddAppErrors, tddApp } from '../compat/tdd-app/app.ts';
import { HttpServer } from '../http/server.ts';
import type { ErrorForm } from '../http/unparsed-requests.ts';
import { productVersion } from '../installation.ts';
import { describeError } from '../logger.ts';
import type { Programs } from '../programs/program.ts';
import { commaSeparated } from './comma-separated.ts';
import { CompatServers, type CompatServer } from './compat-servers.ts';
import type { OpenEngine } from './engine.ts';
import { explain } from './explain.ts';
import { readPage } from './pages.ts';
import { makeScaasPage } from './scaas-page.ts';
import type { OpenFunctions } from './functions.ts';
import type { OpenInvocations } from './invocations.ts';
import type { OpenLanguages } from './languages.ts';
import type { OpenPrograms } from './programs.ts';
import type { OpenRuntimes } from './runtimes.ts';
import type { State } from './state.ts';
import type { Surroundings } from './surroundings.ts';

interface CompatParts
  extends
    Pick<OpenEngine, 'engine'>,
    Pick<State, 'artifacts' | 'artifactLimits' | 'diskSpace'>,
    Pick<OpenRuntimes, 'builtIn' | 'images' | 'runtimes'>,
    Pick<OpenFunctions, 'catalog' | 'deployer' | 'policy'>,
    Pick<OpenInvocations, 'invoker' | 'runOnce' | 'liveLogs'>,
    OpenLanguages,
    OpenPrograms {}

/** Puts the APIs of other systems in front of the same parts as our own, as servers that nobody can reach yet. */
export function makeCompat(surroundings: Surroundings, parts: CompatParts): CompatServers {
  const { config, logger, onStop } = surroundings;
  const { apis } = parseCompatApis(config.compat);
  if (apis.size > 0 && config.compatNetwork === 'egress') {
    logger.warn('Programs of the compatibility APIs have a network that leads to public addresses');
  }
  const makers: Record<CompatApi, () => CompatServer> = {
    functron: () => plain(config.functronPort, makeFunctron(surroundings, parts), functronErrors),
    ranna: () => makeRanna(surroundings, parts),
    'tdd-app': () => plain(config.tddAppPort, makeTddApp(surroundings, parts), tddAppErrors),
    scaas: () => plain(config.scaasPort, makeScaas(surroundings, parts), scaasErrors),
  };
  const servers = new CompatServers(new Map([...apis].map((api) => [api, makers[api]()])), config.host);
  // For a start that fails before they are a part of the service.
  onStop(() => servers.close(0));
  return servers;
}

/** What all of them have in common. */
function termsOf({ config, logger }: Surroundings, { policy, programs, diskSpace }: CompatParts) {
  const whileThereIsRoom: Programs = {
    run: async (request) => {
      await diskSpace.requireRoomFor('deploys');
      return programs.run(request);
    },
  };
  return {
    programs: whileThereIsRoom,
    policy,
    network: config.compatNetwork === 'egress' ? 'egress' : 'none',
    allowedHosts: commaSeparated(config.allowedHosts),
    allowedOrigins: commaSeparated(config.allowedOrigins),
    explain,
    onFailure: (message: string, error: unknown, requestId: string) => {
      logger.error(message, { requestId, ...describeError(error) });
    },
  } as const;
}

function plain(port: number, app: RequestListener, errorForm: ErrorForm): CompatServer {
  return { server: new HttpServer(app, { errorForm }), port };
}

function makeFunctron(surroundings: Surroundings, parts: CompatParts): RequestListener {
  const { artifacts, artifactLimits, images, diskSpace } = parts;
  const { maxDeployBytes } = surroundings.config;
  const requireRoom = (): Promise<void> => diskSpace.requireRoomFor('deploys');
  return functronApp({
    ...termsOf(surroundings, parts),
    artifacts,
    artifactLimits,
    images,
    maxDeployBytes,
    requireRoom,
  });
}

function makeRanna(surroundings: Surroundings, parts: CompatParts): CompatServer {
  const { config, installDirectory } = surroundings;
  const { engine, languages } = parts;
  const terms = { ...termsOf(surroundings, parts), languages };
  const runs = new RannaRuns({ ...terms, timeoutMs: config.rannaTimeoutMs });
  const socket = new RannaSocket({
    ...terms,
    runs,
    newId: timeOrderedId,
    rateLimit: new RateLimit({ burst: config.rannaWsBurst, refillMs: config.rannaWsRefillMs }),
    trustedProxies: new Set(commaSeparated(config.rannaTrustedProxies)),
  });
  const info = {
    version: productVersion(installDirectory),
    builtAt: statSync(import.meta.filename).mtime,
    engineVersion: async () => (await engine.info()).version,
  };
  const app = rannaApp({ ...terms, runs, outputBytes: config.rannaOutputBytes, info });
  const server = new HttpServer(app, {
    errorForm: rannaErrors,
    onUpgrade: (request, connection, head) => {
      socket.upgrade(request, connection, head);
    },
  });
  return { server, port: config.rannaPort, upgraded: socket };
}

function makeTddApp(surroundings: Surroundings, parts: CompatParts): RequestListener {
  const { config, installDirectory } = surroundings;
  const page = readPage(installDirectory, 'tdd-app');
  const { languages, artifactLimits } = parts;
  const folder = config.tddAppFolder;
  return tddApp({ ...termsOf(surroundings, parts), languages, artifactLimits, folder, page });
}

function makeScaas(surroundings: Surroundings, parts: CompatParts): RequestListener {
  const { engine, diskSpace, builtIn } = parts;
  const { maxDeployBytes, maxEventBytes } = surroundings.config;
  const isEngineThere = (): Promise<boolean> =>
    engine.info().then(
      () => true,
      () => false,
    );
  const chooseRuntime = async (): Promise<string> => {
    const ready = (await builtIn.states()).flatMap(({ state, runtime }) => (state === 'ready' ? [runtime.name] : []));
    // Its service ran on Python 3.11.
    return ['python3.11', 'python3.13'].find((name) => ready.includes(name)) ?? 'python3.11';
  };
  const terms = termsOf(surroundings, parts);
  return scaasApp({
    ...terms,
    maxDeployBytes,
    maxEventBytes,
    pageRoutes: pageRoutes(makeScaasPage(surroundings, { ...parts, ...terms })),
    deployments: new Deployments({ ...parts, chooseRuntime }),
    isEngineThere,
    requireRoom: () => diskSpace.requireRoomFor('deploys'),
  });
}
