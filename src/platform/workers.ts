import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { Config } from '../config/config.ts';
import { isErrno } from '../errno.ts';
import { SraasError } from '../errors.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import type { HttpServer } from '../http/server.ts';
import type { Invoker } from '../invocations/invoker.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Store } from '../store/store.ts';
import type { ServerCalls, WorkerCalls } from '../workers/calls.ts';
import { CallsAtServer } from '../workers/calls-at-server.ts';
import { dividedConfig } from '../workers/divided-config.ts';
import { Link } from '../workers/link.ts';
import { WorkerProcesses } from '../workers/worker-processes.ts';
import { Workers } from '../workers/workers.ts';
import { explain } from './explain.ts';
import { sandboxMemoryMb } from './operator-policy.ts';
import type { Surroundings } from './surroundings.ts';
import { workerSpawner } from './worker-processes.ts';

/** The settings that a server begins with: its part of them, where it has workers. */
export function serverConfig(config: Config): Config {
  return config.workers === 1 ? config : dividedConfig(config, sandboxMemoryMb(config)).server;
}

/** What the workers of a server are, before there are any; undefined where one process runs all. */
export function makeWorkers({ config, logger }: Surroundings): Workers | undefined {
  if (config.workers === 1) return undefined;
  return new Workers({
    onDeaf: () => {
      logger.error('A worker does not answer, and is killed');
    },
  });
}

/** From now on workers are told of what changes here. */
export function tellWorkers(
  workers: Workers | undefined,
  { catalog, secrets }: { readonly catalog: FunctionCatalog; readonly secrets: Pick<Secrets, 'onSet'> },
): void {
  if (workers === undefined) return;
  const changed =
    (removed: boolean) =>
    ({ id, name }: { readonly id: string; readonly name: string }): void => {
      workers.tell({ kind: 'function', id, name, removed });
    };
  catalog.onPublished(changed(false));
  catalog.onChanged(changed(false));
  catalog.onRemoved(changed(true));
  secrets.onSet((name) => {
    workers.tell({ kind: 'secret', name });
  });
}

/** What workers are run with. */
export interface WorkersParts {
  readonly workers: Workers;
  /** As it was given, undivided. */
  readonly wholeConfig: Config;
  readonly store: Pick<Store, 'functions' | 'aliases' | 'history' | 'instanceId'>;
  readonly artifacts: Pick<ArtifactStore, 'bring'>;
  readonly secrets: Pick<Secrets, 'environmentOf'>;
  readonly invoker: Pick<Invoker, 'invoke'>;
  readonly architecture: string;
  /** Of this server. */
  readonly runDirectory: string;
}

/** Workers that take calls. */
export interface RunningWorkers {
  readonly url: string;
  /** Has them take no more calls, and let those end that they have. Resolves with how many were cancelled. */
  drain(): Promise<number>;
  /** Ends them. */
  close(): Promise<void>;
}

/** Longer than a worker takes that removes all its sandboxes from an engine with much to do. */
const stopMs = 30_000;
/** For its program to be loaded and for what its predecessor left to be removed. */
const startMs = 120_000;
const endMs = 2000;

/**
 * Has the server listen where workers pass requests on, starts them, and keeps as many of them going until they are closed.
 * @throws SraasError, or the system's error, when one cannot begin; then none is left.
 */
export async function runWorkers(
  surroundings: Surroundings,
  server: Pick<HttpServer, 'listenAt' | 'close'>,
  parts: WorkersParts,
): Promise<RunningWorkers> {
  const { config, logger, onFailure, onStop, installDirectory } = surroundings;
  const { workers, wholeConfig, store, architecture, runDirectory } = parts;
  const serverSocket = join(runDirectory, 'server.sock');
  await server.listenAt(serverSocket);
  // For a start that fails before there is a service to end.
  onStop(() => server.close(0));
  const port = config.port === 0 ? await freePort(config.host) : config.port;
  const divided = dividedConfig({ ...wholeConfig, port }, sandboxMemoryMb(wholeConfig));
  const processes = new WorkerProcesses({
    count: config.workers,
    spawn: workerSpawner(installDirectory),
    begin: async (number, process) => {
      const calls = new CallsAtServer({ invoker: parts.invoker, explain });
      const link: Link<WorkerCalls> = new Link<WorkerCalls>(process, serverCalls(parts, calls));
      const leave = workers.join({
        link,
        kill: () => {
          process.kill();
        },
      });
      process.onExit((how) => {
        leave();
        calls.leaveAll();
        link.break(new Error(`The worker ended (${how})`));
      });
      const { instanceId } = store;
      const order = { number, config: divided.worker(number), instanceId, architecture, serverSocket };
      const inTime = new AbortController();
      const tooLate = delay(startMs, undefined, { signal: inTime.signal }).then(() => {
        throw new Error('A worker did not begin its work in time');
      });
      tooLate.catch(() => undefined);
      try {
        return await Promise.race([link.call('start', { ...order, hears: workers.hears }), tooLate]);
      } finally {
        inTime.abort();
      }
    },
    onEnded: (number, { processId }, how) => {
      logger.error('A worker has died; another takes its place', { worker: number, processId, how });
    },
    onReplaced: (number, { processId }) => {
      logger.info('A worker has taken the place of one that died', { worker: number, processId });
    },
    onFailure: (number, error) => {
      onFailure(`Worker ${number} could not be started yet`, error);
    },
  });
  try {
    const url = await processes.start();
    return {
      url,
      drain: () => {
        // One that dies now is not replaced: the new one would take calls.
        processes.expectEnds();
        return workers.drain(config.drainTimeoutMs);
      },
      close: async () => {
        await Promise.race([workers.stop(), delay(stopMs, undefined, { ref: false })]);
        await processes.close(endMs);
      },
    };
  } catch (error) {
    await processes.close(0);
    throw explained(error, config);
  }
}

/** One for all workers, those too that come when none listens any more. */
async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function explained(error: unknown, { port }: Config): unknown {
  if (!isErrno(error, 'EADDRINUSE')) return error;
  const sentence = `The port ${port} is taken: choose another with --port, or stop what listens there.`;
  return new SraasError('INTERNAL', sentence, { cause: error });
}

/** What workers may ask for. */
function serverCalls({ workers, store, artifacts, secrets }: WorkersParts, calls: CallsAtServer): ServerCalls {
  const { functions, aliases, history } = store;
  return {
    findFunction: (name) => functions.find(name),
    findVersion: (name, version) => functions.findVersion(name, version),
    listFunctions: (request) => functions.list(request),
    listVersions: (name, request) => functions.listVersions(name, request),
    findAlias: (functionName, name) => aliases.find(functionName, name),
    listAliases: (functionName) => aliases.list(functionName),
    allAliases: () => aliases.all(),
    environmentOf: (config) => secrets.environmentOf(config),
    bringCode: (hash) => artifacts.bring(hash),
    invoke: (reference, call) => calls.invoke(reference, call),
    leaveCall: (invocationId, why) => {
      calls.leave(invocationId, why);
      return Promise.resolve();
    },
    appendHistory: (entries) => history.append(entries),
    allHeard: () => workers.allHeard(),
    tellLive: (followId, event) => {
      workers.tellLive(followId, event);
      return Promise.resolve();
    },
  };
}
