import type { Config } from './config/config.ts';
import { EngineError } from './engine/engine-error.ts';
import { explainEngineError } from './engine/explain-engine-error.ts';
import type { SraasError } from './errors.ts';
import { failpoint } from './failpoints.ts';
import { FunctionCatalog } from './functions/catalog.ts';
import { Deployer } from './functions/deploy.ts';
import { createApp } from './http/app.ts';
import { HttpServer } from './http/server.ts';
import { findInstallDirectory, productVersion } from './installation.ts';
import { Replays } from './history/replays.ts';
import { InFlight } from './invocations/in-flight.ts';
import { Invoker } from './invocations/invoker.ts';
import { LiveLogs } from './invocations/live-logs.ts';
import { RunOnce } from './invocations/run-once.ts';
import { createLogger, describeError, type Logger } from './logger.ts';
import { keepCollectingCode } from './platform/code-housekeeping.ts';
import { operatorPolicy } from './platform/operator-policy.ts';
import { openAsync } from './platform/async.ts';
import { openEngine } from './platform/engine.ts';
import { openHistory } from './platform/history.ts';
import { openKeyedRequests } from './platform/idempotency.ts';
import { openInstaller } from './platform/installer.ts';
import { openRuntimes } from './platform/runtimes.ts';
import { openSandboxes } from './platform/sandboxes.ts';
import { openSchedules } from './platform/schedules.ts';
import { openSecrets, renewUsersOfSecrets } from './platform/secrets.ts';
import { followOthers, joinServers } from './platform/servers.ts';
import type { Surroundings } from './platform/surroundings.ts';
import { openState } from './platform/state.ts';
import { keepReachedWarm, makeVersionChanges } from './platform/versions.ts';
import { prepareForNewcomers, warmAll } from './platform/warm-up.ts';
import { workloads } from './platform/workloads.ts';
import { ownDockerfile, sandboxRuntimeName } from './runtimes/custom/runtime-name.ts';

/** The whole server. `start` once, `stop` at any time, also after a start that failed. */
export interface Platform {
  /** Recovers what an earlier run left, then listens. */
  start(): Promise<{ readonly url: string }>;
  /** Lets calls end within the drain limit, removes all sandboxes, closes the store. Idempotent. */
  stop(): Promise<void>;
}

/** The time that replies have to reach their clients once their calls have ended. */
const replyGraceMs = 2000;

/** The composition root: makes the object graph of a server from its config. */
export function createPlatform(config: Config, logger: Logger = createLogger(config.logLevel)): Platform {
  const closers: (() => Promise<void>)[] = [];
  let stopped: Promise<void> | undefined;
  const surroundings: Surroundings = {
    config,
    logger,
    installDirectory: findInstallDirectory(),
    onFailure: (message, error) => {
      logger.warn(message, describeError(error));
    },
    onStop: (close) => {
      closers.push(close);
    },
  };
  return {
    start: () => start(surroundings),
    stop: () => {
      stopped ??= closeAll(closers);
      return stopped;
    },
  };
}

async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  for (const close of closers.reverse()) await close();
}

async function start(surroundings: Surroundings): Promise<{ url: string }> {
  const { config, logger, onStop, installDirectory } = surroundings;
  const startedAt = new Date();
  const clock = (): Date => new Date();
  const { store, artifacts, artifactLimits, diskSpace } = await openState(surroundings);
  const secrets = await openSecrets(surroundings, store);
  const opened = await openEngine(surroundings);
  const { instanceId } = store;
  const runs = await joinServers(surroundings, { ...opened, store });
  const { runtimes, builtIn, customRuntimes, images, handlers, programs, ...open } = await openRuntimes(surroundings, {
    ...opened,
    store,
    artifacts,
  });
  keepCollectingCode(surroundings, { store, artifacts, images });
  const { pools, prepared, launcher, preparedDirectory } = await openSandboxes(surroundings, {
    ...opened,
    instanceId,
    runtimes: handlers,
    programs,
    secrets,
  });
  renewUsersOfSecrets(secrets, pools);
  const installer = await openInstaller(surroundings, { artifacts, artifactLimits, builtIn, launcher });
  open.tryOn({ launcher, codeDirectory: preparedDirectory });
  customRuntimes.onChanged((name) => void pools.renew(name));
  images.onRemoved((key) => pools.renew(sandboxRuntimeName(ownDockerfile, key)));

  const catalog = new FunctionCatalog(store);
  const policy = operatorPolicy(config);
  const deployer = new Deployer({
    store: store.functions,
    artifacts,
    runtimes,
    images,
    installer,
    secrets,
    catalog,
    policy,
    clock,
  });
  const workloadOf = workloads(artifacts, policy);
  const liveLogs = new LiveLogs({ clock });
  keepReachedWarm({ ...surroundings, catalog, pools, workloadOf });
  catalog.onRemoved(({ id }) => {
    liveLogs.remove(id);
  });
  await followOthers(surroundings, { store, catalog, pools, secrets, images, customRuntimes });
  await warmAll(catalog, store.aliases, (version) => {
    pools.warm(workloadOf(version));
  });
  prepareForNewcomers(builtIn, prepared);

  const inFlight = new InFlight();
  const explain = (error: unknown): SraasError | undefined =>
    error instanceof EngineError ? explainEngineError(error) : undefined;
  const { history, recordEnded } = openHistory(surroundings, { store, inFlight, explain });
  const invoker = new Invoker({ catalog, pools, inFlight, liveLogs, workloadOf, onEnded: recordEnded });
  const runOnce = new RunOnce({ artifacts, runtimes, invoker, pools, policy, secrets });
  const replays = new Replays({ history, catalog });
  const work = await openAsync(surroundings, {
    store,
    secrets,
    history,
    replays,
    catalog,
    invoker,
    inFlight,
    diskSpace,
    workloadOf,
    explain,
  });
  const { schedules, scheduler } = openSchedules(surroundings, { store, catalog, acceptor: work.acceptor });
  const keyed = openKeyedRequests(surroundings, store.idempotency, runs);
  let ready = true;
  const server = new HttpServer(
    createApp({
      catalog,
      deployer,
      ...makeVersionChanges({ store, artifacts, runtimes, catalog, policy, clock }),
      artifacts,
      artifactLimits,
      diskSpace,
      runtimes,
      customRuntimes,
      images,
      secrets,
      schedules,
      invoker,
      runOnce,
      inFlight,
      history,
      replays,
      asyncInvocations: work.asyncInvocations,
      deadLetters: work.deadLetters,
      liveLogs,
      keyed,
      maxDeployBytes: config.maxDeployBytes,
      maxEventBytes: config.maxEventBytes,
      allowedHosts: list(config.allowedHosts),
      allowedOrigins: list(config.allowedOrigins),
      productVersion: productVersion(installDirectory),
      startedAt,
      isReady: () => ready,
      explain,
      onFailure: (message, error, requestId) => {
        logger.error(message, { requestId, ...describeError(error) });
      },
    }),
  );
  failpoint('start.before_listening');
  const url = await server.listen(config.host, config.port);
  work.start();
  scheduler.start();
  failpoint('start.listening');
  onStop(async () => {
    ready = false;
    logger.info('Draining', { inFlight: inFlight.count });
    failpoint('stop.draining');
    server.stopListening();
    const noMoreSchedules = scheduler.stop();
    work.stop();
    const [{ cancelled }] = await Promise.all([
      inFlight.drain(config.drainTimeoutMs),
      open.endBuilds(),
      installer.close(),
    ]);
    logger.info('Drained', { cancelled });
    failpoint('stop.drained');
    await noMoreSchedules;
    await work.close();
    liveLogs.close();
    await server.close(replyGraceMs);
  });
  logger.info('Listening', { url, instanceId });
  return { url };
}

function list(commaSeparated: string): readonly string[] {
  return commaSeparated
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
