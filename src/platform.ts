import { mkdir, rmdir } from 'node:fs/promises';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { ArtifactStore } from './artifacts/artifact-store.ts';
import { defaultArtifactLimits } from './artifacts/upload.ts';
import type { Config } from './config.ts';
import { DockerEngine } from './engine/docker/docker-engine.ts';
import { EngineError } from './engine/engine-error.ts';
import { explainEngineError } from './engine/explain-engine-error.ts';
import { SraasError } from './errors.ts';
import { FunctionCatalog } from './functions/catalog.ts';
import { Deployer } from './functions/deploy.ts';
import { defaultLimits, type FunctionPolicy } from './functions/function-policy.ts';
import type { FunctionVersion } from './functions/function.ts';
import { createApp } from './http/app.ts';
import { HttpServer } from './http/server.ts';
import { findInstallDirectory, productVersion } from './installation.ts';
import { InFlight } from './invocations/in-flight.ts';
import { Invoker } from './invocations/invoker.ts';
import { LiveLogs } from './invocations/live-logs.ts';
import { RunOnce } from './invocations/run-once.ts';
import { createLogger, describeError, type Logger } from './logger.ts';
import { RuntimeCatalog } from './runtimes/runtime-catalog.ts';
import { Launcher } from './sandboxes/launcher.ts';
import { Leftovers } from './sandboxes/leftovers.ts';
import { Pools } from './sandboxes/pools.ts';
import { PreparedSandboxes } from './sandboxes/prepared.ts';
import { Starter } from './sandboxes/starter.ts';
import { seccompProfile } from './sandboxes/seccomp-profile.ts';
import { UidAllocator } from './sandboxes/uid-allocator.ts';
import type { Workload } from './sandboxes/workload.ts';
import { openSqliteStore, type Store } from './store/sqlite/open.ts';
import { checkEngine } from './engine-check.ts';

/** The whole server. `start` once, `stop` at any time, also after a start that failed. */
export interface Platform {
  /** Recovers what an earlier run left, then listens. */
  start(): Promise<{ readonly url: string }>;
  /** Lets calls end within the drain limit, removes all sandboxes, closes the store. Idempotent. */
  stop(): Promise<void>;
}

/** The time that code which no version refers to is kept: longer than any deploy takes between its two steps. */
const artifactGraceMs = 3_600_000;

/** The time that replies have to reach their clients once their calls have ended. */
const replyGraceMs = 2000;

/** The composition root: makes the object graph of a server from its config. */
export function createPlatform(config: Config, logger: Logger = createLogger(config.logLevel)): Platform {
  const closers: (() => Promise<void>)[] = [];
  let stopped: Promise<void> | undefined;
  return {
    start: () => start(config, logger, closers),
    stop: () => {
      stopped ??= closeAll(closers);
      return stopped;
    },
  };
}

async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  for (const close of closers.reverse()) await close();
}

async function start(config: Config, logger: Logger, closers: (() => Promise<void>)[]): Promise<{ url: string }> {
  const startedAt = new Date();
  const onFailure = (message: string, error: unknown): void => {
    logger.warn(message, describeError(error));
  };

  const store = await openSqliteStore({ directory: config.dataDirectory });
  closers.push(() => store.close());
  const artifactLimits = {
    ...defaultArtifactLimits,
    uploadBytes: config.maxDeployBytes,
    totalBytes: config.maxArtifactBytes,
    entries: config.maxArtifactEntries,
  };
  const artifacts = new ArtifactStore(config.dataDirectory, artifactLimits);
  await artifacts.open();
  closers.push(() => artifacts.close());

  const installDirectory = findInstallDirectory();
  const engine = new DockerEngine({ host: config.engineHost });
  const architecture = await checkEngine(engine, config, logger);
  const runtimes = new RuntimeCatalog(engine, join(installDirectory, 'images'));
  const runDirectory = await makeRunDirectory(config.runDirectory, store);
  const preparedDirectory = join(config.dataDirectory, 'prepared');
  await mkdir(preparedDirectory, { recursive: true, mode: 0o700 });
  const directories = [runDirectory, preparedDirectory];
  const leftovers = new Leftovers({ engine, instanceId: store.instanceId, directories, onFailure });
  const launcher = new Launcher({
    ...config,
    engine,
    runtimes,
    leftovers,
    runDirectory,
    uids: new UidAllocator(config.firstUid, config.lastUid),
    shimDirectory: join(installDirectory, 'dist', 'shim'),
    seccompProfile: seccompProfile(architecture),
    instanceId: store.instanceId,
    onPostureMismatch: (sandboxId, differences) => {
      logger.error('The engine recorded another container than was asked for; it was killed', {
        sandboxId,
        differences,
      });
    },
  });
  const prepared = new PreparedSandboxes({
    launcher,
    codeDirectory: preparedDirectory,
    perKind: config.preparedPerKind,
    most: config.maxPrepared,
    onFailure,
  });
  const pools = new Pools({
    launcher,
    starter: new Starter({ launcher, prepared, initTimeoutMs: config.initTimeoutMs }),
    prepared,
    leftovers,
    maxSandboxes: config.maxSandboxes,
    maxMemoryMb: sandboxMemoryMb(config),
    idleMs: config.sandboxIdleMs,
    pauseAfterMs: config.pauseAfterMs,
    maxWaiting: config.queueLength,
    maxWaitMs: config.queueTimeoutMs,
    maxWaitingTogether: config.totalQueueLength,
    onFailure,
  });
  // Empty by then, and one for each instance that ever ran would pile up.
  closers.push(() => rmdir(runDirectory).catch(() => undefined));
  const removed = await pools.open();
  if (removed > 0) logger.info('Removed sandboxes that an earlier run left behind', { removed });
  closers.push(() => pools.close());

  const catalog = new FunctionCatalog(store.functions);
  const policy = policyOf(config);
  const deployer = new Deployer({
    store: store.functions,
    artifacts,
    runtimes,
    catalog,
    policy,
    clock: () => new Date(),
  });
  await artifacts.collect(await store.functions.artifactHashesInUse(), artifactGraceMs);
  const workloadOf = (version: FunctionVersion): Workload => ({
    version: policy.reuseAllowed ? version : withoutReuse(version),
    codeDirectory: artifacts.directoryOf(version.artifactHash),
  });
  catalog.onPublished((fn) => {
    pools.retire(fn.id, fn.latest.number);
    pools.warm(workloadOf(fn.latest));
  });
  const liveLogs = new LiveLogs({ clock: () => new Date() });
  catalog.onRemoved(({ id }) => {
    pools.retire(id);
    liveLogs.remove(id);
  });
  await warmAll(catalog, (version) => {
    pools.warm(workloadOf(version));
  });

  prepareForNewcomers(runtimes, prepared);

  const inFlight = new InFlight();
  const invoker = new Invoker({ catalog, pools, inFlight, liveLogs, workloadOf });
  const runOnce = new RunOnce({ artifacts, runtimes, invoker, pools, policy });
  let ready = true;
  const server = new HttpServer(
    createApp({
      catalog,
      deployer,
      artifacts,
      artifactLimits,
      runtimes,
      invoker,
      runOnce,
      inFlight,
      liveLogs,
      maxDeployBytes: config.maxDeployBytes,
      maxEventBytes: config.maxEventBytes,
      allowedHosts: list(config.allowedHosts),
      allowedOrigins: list(config.allowedOrigins),
      productVersion: productVersion(installDirectory),
      startedAt,
      isReady: () => ready,
      explain: (error) => (error instanceof EngineError ? explainEngineError(error) : undefined),
      onFailure: (message, error, requestId) => {
        logger.error(message, { requestId, ...describeError(error) });
      },
    }),
  );
  const url = await server.listen(config.host, config.port);
  closers.push(async () => {
    ready = false;
    logger.info('Draining', { inFlight: inFlight.count });
    server.stopListening();
    const { cancelled } = await inFlight.drain(config.drainTimeoutMs);
    logger.info('Drained', { cancelled });
    liveLogs.close();
    await server.close(replyGraceMs);
  });
  logger.info('Listening', { url, instanceId: store.instanceId });
  return { url };
}

function policyOf(config: Config): FunctionPolicy {
  // What asks for more than there is would wait for ever, or be refused by the engine when it is called.
  const maxMemoryMb = Math.min(config.maxMemoryMb, sandboxMemoryMb(config));
  const maxCpus = Math.min(config.maxCpus, availableParallelism());
  return { ...config, maxMemoryMb, maxCpus, egressAllowed: false, reuseAllowed: config.profile !== 'strict' };
}

/** What was deployed before the operator chose the strict profile runs under it all the same. */
function withoutReuse(version: FunctionVersion): FunctionVersion {
  const { config } = version;
  return { ...version, config: { ...config, isolation: 'fresh', concurrency: { ...config.concurrency, warmMin: 0 } } };
}

function sandboxMemoryMb({ maxSandboxMemoryMb }: Config): number {
  return maxSandboxMemoryMb > 0 ? maxSandboxMemoryMb : Math.floor((totalmem() * 0.75) / (1024 * 1024));
}

/** A folder of this server's own for the sockets of its sandboxes, closed to other users of the host. */
async function makeRunDirectory(configured: string, store: Store): Promise<string> {
  const userId = process.getuid?.() ?? 0;
  const base = configured !== '' ? configured : userId === 0 ? '/run/sraas' : join(tmpdir(), `sraas-${userId}`);
  const directory = join(base, store.instanceId.slice(0, 12));
  // 16 hex digits of a sandbox's id and `channel.sock` follow; a socket's path has at most 107 bytes. Source: unix(7).
  if (Buffer.byteLength(directory) > 107 - 31) {
    throw new SraasError(
      'INTERNAL',
      `The run directory ${base} has too long a path for sockets; choose one with --run-dir.`,
    );
  }
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return directory;
}

/** The first call of a function that has yet to be deployed should not wait for a container either. */
function prepareForNewcomers(runtimes: RuntimeCatalog, prepared: PreparedSandboxes): void {
  const [runtime] = runtimes.list();
  if (runtime === undefined) return;
  runtimes.imageOf(runtime).then(
    () => {
      prepared.want(runtime.name, defaultLimits);
    },
    // Without an image, or without an engine, there is nothing to prepare yet.
    () => undefined,
  );
}

async function warmAll(catalog: FunctionCatalog, warm: (version: FunctionVersion) => void): Promise<void> {
  let after: string | undefined;
  do {
    const page = await catalog.list({ limit: 500, ...(after === undefined ? {} : { after }) });
    for (const fn of page.items) warm(fn.latest);
    after = page.next;
  } while (after !== undefined);
}

function list(commaSeparated: string): readonly string[] {
  return commaSeparated
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
