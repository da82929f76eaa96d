import type { Config } from './config/config.ts';
import { findInstallDirectory } from './installation.ts';
import { createLogger, describeError, type Logger } from './logger.ts';
import { Metrics } from './metrics/metrics.ts';
import { makeApi } from './platform/api.ts';
import { openAsync } from './platform/async.ts';
import { closeAll } from './platform/close-all.ts';
import { keepCollectingCode } from './platform/code-housekeeping.ts';
import { makeCompat } from './platform/compat.ts';
import { openEngine } from './platform/engine.ts';
import { openFunctions } from './platform/functions.ts';
import { openKeyedRequests } from './platform/idempotency.ts';
import { openInstaller } from './platform/installer.ts';
import { openInvocations } from './platform/invocations.ts';
import { openLanguageRuntimes } from './platform/language-runtimes.ts';
import { openLanguages } from './platform/languages.ts';
import { openRuntimes, renewUsersOfRuntimes } from './platform/runtimes.ts';
import { openMetrics } from './platform/metrics.ts';
import { openPrograms } from './platform/programs.ts';
import { openSandboxes } from './platform/sandboxes.ts';
import { openSchedules } from './platform/schedules.ts';
import { openSecrets, renewUsersOfSecrets } from './platform/secrets.ts';
import { followOthers, joinServers } from './platform/servers.ts';
import { beginService, type ServiceUrls } from './platform/service.ts';
import { openState } from './platform/state.ts';
import type { Surroundings } from './platform/surroundings.ts';
import { warmUp } from './platform/warm-up.ts';
import { makeWorkers, serverConfig, tellWorkers } from './platform/workers.ts';

/** The whole server. `start` once, `stop` at any time, also after a start that failed. */
export interface Platform {
  /** Recovers what an earlier run left, then listens. */
  start(): Promise<ServiceUrls>;
  /** Lets calls end within the drain limit, removes all sandboxes, closes the store. Idempotent. */
  stop(): Promise<void>;
}

/** The composition root: makes the object graph of a server from its config. */
export function createPlatform(config: Config, logger: Logger = createLogger(config.logLevel)): Platform {
  const closers: (() => Promise<void>)[] = [];
  let stopped: Promise<void> | undefined;
  const surroundings: Surroundings = {
    config: serverConfig(config),
    logger,
    clock: () => new Date(),
    installDirectory: findInstallDirectory(),
    onFailure: (message, error) => {
      logger.warn(message, describeError(error));
    },
    onStop: (close) => {
      closers.push(close);
    },
  };
  return {
    start: () => start(surroundings, config),
    stop: () => {
      stopped ??= closeAll(closers);
      return stopped;
    },
  };
}

/**
 * The steps of a start. Each registers what undoes it, and a stop takes them back, the last one first: all calls have ended before
 * anything goes that a call may need, and the store is closed when nobody is left who writes to it.
 */
async function start(surroundings: Surroundings, wholeConfig: Config): Promise<ServiceUrls> {
  const startedAt = surroundings.clock();
  const workers = makeWorkers(surroundings);
  const metrics = new Metrics();

  // What outlives the server: all that follows reads it and writes to it.
  const state = await openState(surroundings);
  const { store } = state;
  const secrets = await openSecrets(surroundings, store);
  const languages = await openLanguages(surroundings);

  // What runs code. Other servers hear of this one before anything of it is on the engine, where they look for what the dead left;
  // and what an earlier run left there is removed before there is anything new.
  const engine = await openEngine(surroundings);
  const runs = await joinServers(surroundings, { ...engine, store });
  const runtimes = await openRuntimes(surroundings, { ...engine, ...state, ...languages });
  keepCollectingCode(surroundings, { ...state, ...runtimes });
  const sandboxes = await openSandboxes(surroundings, { ...engine, ...runtimes, store, secrets });
  const { launcher, pools } = sandboxes;
  runtimes.tryOn({ launcher, codeDirectory: sandboxes.preparedDirectory });
  renewUsersOfSecrets(secrets, pools);
  renewUsersOfRuntimes(runtimes, pools);
  const installer = await openInstaller(surroundings, { ...state, ...runtimes, launcher });

  // What is run. What other servers change is heard before anything is remembered.
  const functions = openFunctions(surroundings, { ...state, ...runtimes, installer, secrets, pools });
  const { catalog } = functions;
  tellWorkers(workers, { catalog, secrets });
  await followOthers(surroundings, { ...runtimes, workers, store, secrets, catalog, pools });
  await warmUp({ ...runtimes, ...languages, ...sandboxes, ...functions, store });

  // What runs it: for somebody who waits, for nobody, at set times, and once for each key.
  const invocations = openInvocations(surroundings, {
    ...state,
    ...runtimes,
    ...functions,
    secrets,
    pools,
    workers,
    metrics,
  });
  const languageRuntimes = openLanguageRuntimes(surroundings, { ...state, ...runtimes, ...languages });
  const programs = openPrograms({ ...state, ...runtimes, ...invocations, ...languageRuntimes, pools, metrics });
  const work = await openAsync(surroundings, { ...state, ...functions, ...invocations, secrets, workers, metrics });
  const { schedules, scheduler } = openSchedules(surroundings, { store, catalog, acceptor: work.acceptor });
  const keyed = openKeyedRequests(surroundings, store.idempotency, runs);

  // The doors. Nobody comes in before all of it is there.
  const scrape = openMetrics(surroundings, { ...engine, ...state, ...invocations, pools, workers, metrics });
  const server = makeApi(surroundings, {
    ...state,
    ...runtimes,
    ...languages,
    ...functions,
    ...invocations,
    ...programs,
    ...work,
    secrets,
    schedules,
    keyed,
    scrape,
    elsewhere: workers,
    startedAt,
  });
  const compat = makeCompat(surroundings, {
    ...engine,
    ...state,
    ...runtimes,
    ...languages,
    ...functions,
    ...invocations,
    ...programs,
  });
  const { inFlight, liveLogs } = invocations;
  const doors = {
    server,
    compat,
    crew: workers && { ...engine, ...state, ...sandboxes, ...invocations, workers, wholeConfig, secrets },
  };
  const urls = await beginService(surroundings, { ...doors, work, scheduler, inFlight, liveLogs, installer, runtimes });
  languageRuntimes.keep();
  surroundings.logger.info('Listening', {
    ...urls,
    ...(workers && { workers: wholeConfig.workers }),
    instanceId: store.instanceId,
  });
  return urls;
}
