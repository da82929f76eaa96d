import { join } from 'node:path';
import { KeptArtifacts } from '../artifacts/kept-artifacts.ts';
import { DockerEngine } from '../engine/docker/docker-engine.ts';
import { FunctionCatalog } from '../functions/catalog.ts';
import type { FunctionVersion } from '../functions/function.ts';
import { createCallsApp } from '../http/app.ts';
import { invokeDoor } from '../http/invoke-door.ts';
import { InvokeLane } from '../http/lane/invoke-lane.ts';
import { HttpServer } from '../http/server.ts';
import { InFlight } from '../invocations/in-flight.ts';
import { Invoker } from '../invocations/invoker.ts';
import { LiveLogs } from '../invocations/live-logs.ts';
import { describeError } from '../logger.ts';
import { namedSecrets } from '../functions/named-secrets.ts';
import { Metrics } from '../metrics/metrics.ts';
import { RuntimeCatalog } from '../runtimes/runtime-catalog.ts';
import type { Pools } from '../sandboxes/pools.ts';
import type { News, ServerCalls, WorkerCalls, WorkerOrder } from '../workers/calls.ts';
import { workerConcurrency } from '../workers/divided-config.ts';
import { front } from '../workers/front.ts';
import type { Link } from '../workers/link.ts';
import { LiveRelay } from '../workers/live-relay.ts';
import { passOn } from '../workers/pass-on.ts';
import { isServedAll, isServedByWorkers } from '../workers/served-here.ts';
import { remoteAliases, remoteFunctions } from '../workers/remote-functions.ts';
import { WorkerInvoker } from '../workers/worker-invoker.ts';
import { closeAll } from './close-all.ts';
import { commaSeparated } from './comma-separated.ts';
import { explain } from './explain.ts';
import { openRecording } from './history.ts';
import { declareShared, meteredEnd } from './metrics.ts';
import { openSandboxes } from './sandboxes.ts';
import { lookAtAll } from './servers.ts';
import type { Surroundings } from './surroundings.ts';
import { keepReachedWarm } from './versions.ts';
import { warmUp } from './warm-up.ts';
import { workloads } from './workloads.ts';

type Server = Pick<Link<ServerCalls>, 'call'>;

/** A worker that takes calls. */
export interface OpenWorker extends Omit<WorkerCalls, 'start' | 'hear'> {
  readonly url: string;
}

/** The time that replies have to reach their clients once their calls have ended. */
const replyGraceMs = 2000;

/**
 * Makes the object graph of a worker, and has it take calls. What a failed start has made is removed again.
 * @param onNews has what is told passed on to the function given; it keeps what came before.
 */
export async function openWorker(
  { order, ...rest }: Omit<Surroundings, 'config' | 'onStop'> & { readonly order: WorkerOrder },
  server: Server,
  onNews: (hear: (news: News) => void) => void,
): Promise<OpenWorker> {
  const closers: (() => Promise<void>)[] = [];
  const onStop = (close: () => Promise<void>): void => void closers.push(close);
  try {
    return await open(
      { ...rest, config: order.config, onStop },
      { order, server, onNews, stop: () => closeAll(closers) },
    );
  } catch (error) {
    await closeAll(closers).catch(() => undefined);
    throw error;
  }
}

interface WorkerParts {
  readonly order: WorkerOrder;
  readonly server: Server;
  readonly onNews: (hear: (news: News) => void) => void;
  readonly stop: () => Promise<void>;
}

async function open(surroundings: Surroundings, { order, server, onNews, stop }: WorkerParts): Promise<OpenWorker> {
  const { config, logger, onFailure, onStop, installDirectory } = surroundings;
  const { instanceId, architecture } = order;
  const engine = new DockerEngine({ host: config.engineHost });
  const builtIn = new RuntimeCatalog(engine, join(installDirectory, 'images'));
  const aliases = remoteAliases(server);
  const catalog = new FunctionCatalog({ functions: remoteFunctions(server), aliases });
  catalog.followsOthers = order.hears;
  const recording = openRecording(surroundings, {
    append: (entries) => server.call('appendHistory', entries),
  });
  const sandboxes = await openSandboxes(surroundings, {
    engine,
    architecture,
    store: { instanceId },
    workerNumber: order.number,
    handlers: {
      find: (name) => builtIn.find(name),
      imageOf: ({ name }) => builtIn.imageOf(required(builtIn.find(name))),
      forget: (name) => {
        builtIn.forget(name);
      },
    },
    programs: {
      find: () => undefined,
      imageOf: ({ name }) => Promise.reject(new TypeError(`${name} is not run here`)),
    },
    secrets: { environmentOf: ({ secrets }) => server.call('environmentOf', { secrets }) },
  });
  const { pools } = sandboxes;
  const workloadOf = makeWorkloads(surroundings, server);
  const isServed = (version: FunctionVersion): boolean => isServedByWorkers(version, config);
  const warmed: Pick<Pools, 'warm' | 'retire'> = {
    warm: (workload) => {
      if (isServed(workload.version)) pools.warm(workload);
    },
    retire: (...given) => {
      pools.retire(...given);
    },
  };
  keepReachedWarm({ ...surroundings, catalog, pools: warmed, workloadOf });
  onNews((news) => {
    hear(news, { catalog, pools, onFailure });
  });
  const inFlight = new InFlight();
  const metrics = new Metrics();
  declareShared(metrics, { config, pools, inFlight, recording });
  const liveLogs = new LiveLogs(surroundings);
  const invoker = new Invoker({
    catalog,
    pools,
    inFlight,
    liveLogs,
    workloadOf,
    onEnded: meteredEnd(metrics, recording),
  });
  const relay = new LiveRelay({ liveLogs, tell: (...told) => server.call('tellLive', ...told) });
  const calls = {
    invoker: new WorkerInvoker({
      invoker,
      isServed: (reference) => isServedAll(catalog, reference, isServed),
      server,
    }),
    maxEventBytes: config.maxEventBytes,
    allowedHosts: commaSeparated(config.allowedHosts),
    allowedOrigins: commaSeparated(config.allowedOrigins),
    explain,
    onFailure: (message: string, error: unknown, requestId: string) => {
      logger.error(message, { requestId, ...describeError(error) });
    },
  };
  const http = new HttpServer(
    front({
      here: invokeDoor(calls, createCallsApp(calls)),
      passOn: passOn({
        serverSocket: order.serverSocket,
        allHeard: () => server.call('allHeard').catch(() => undefined),
      }),
    }),
    { lane: new InvokeLane(calls) },
  );
  await warmUp({
    ...sandboxes,
    pools: warmed,
    catalog,
    workloadOf,
    store: { aliases },
    builtIn,
    languages: { list: () => [] },
  });
  const url = await http.listen(config.host, config.port);
  onStop(async () => {
    liveLogs.close();
    await http.close(replyGraceMs);
  });
  return {
    url,
    running: () => Promise.resolve(inFlight.list()),
    cancel: (invocationId) => inFlight.cancel(invocationId),
    metrics: () => metrics.snapshot(),
    flushHistory: () => recording.writer.flush(),
    follow: (followId, functionId) => {
      relay.follow(followId, functionId);
      return Promise.resolve();
    },
    unfollow: (followId) => {
      relay.unfollow(followId);
      return Promise.resolve();
    },
    drain: async (limitMs) => {
      http.stopListening();
      return (await inFlight.drain(limitMs)).cancelled;
    },
    stop,
  };
}

function makeWorkloads({ config }: Surroundings, server: Server): ReturnType<typeof workloads> {
  const kept = new KeptArtifacts(join(config.dataDirectory, 'artifacts'), join(config.dataDirectory, 'staging'));
  return workloads({
    artifacts: {
      directoryOf: (hash) => kept.directoryOf(hash),
      // Another server may have kept it, or the disk have lost it.
      bring: async (hash) => {
        if (!(await kept.has(hash))) await server.call('bringCode', hash);
      },
    },
    policy: { reuseAllowed: config.profile !== 'strict' },
    concurrencyOf: (max) => workerConcurrency(max, config.workers),
  });
}

function hear(
  news: News,
  {
    catalog,
    pools,
    onFailure,
  }: Pick<Surroundings, 'onFailure'> & { readonly catalog: FunctionCatalog; readonly pools: Pools },
): void {
  switch (news.kind) {
    case 'function':
      catalog.changedElsewhere({ id: news.id as FunctionVersion['functionId'], name: news.name }, news.removed);
      return;
    case 'secret':
      pools.renewThose(({ config }) => namedSecrets(config).includes(news.name));
      return;
    case 'runtimes':
      // Those that users make are the server's.
      return;
    case 'hearing':
      catalog.followsOthers = news.hears;
      if (!news.hears) return;
      lookAtAll({ catalog, pools }).catch((error: unknown) => {
        onFailure('What other servers changed meanwhile could not be looked at', error);
      });
      return;
    default:
      news satisfies never;
  }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('A worker runs built-in runtimes only');
  return value;
}
