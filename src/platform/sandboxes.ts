import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkEngine } from './check-engine.ts';
import { DockerEngine } from '../engine/docker/docker-engine.ts';
import { RuntimeCatalog } from '../runtimes/runtime-catalog.ts';
import { Launcher } from '../sandboxes/launcher.ts';
import { Leftovers } from '../sandboxes/leftovers.ts';
import { Pools } from '../sandboxes/pools.ts';
import { PreparedSandboxes } from '../sandboxes/prepared.ts';
import { seccompProfile } from '../sandboxes/seccomp-profile.ts';
import { Starter } from '../sandboxes/starter.ts';
import { UidAllocator } from '../sandboxes/uid-allocator.ts';
import { sandboxMemoryMb } from './operator-policy.ts';
import type { Surroundings } from './surroundings.ts';
import { makeRunDirectory } from './run-directory.ts';

/** What runs code: the engine with its runtimes, and the sandboxes on it. */
export interface Sandboxes {
  readonly engine: DockerEngine;
  readonly runtimes: RuntimeCatalog;
  readonly prepared: PreparedSandboxes;
  readonly pools: Pools;
}

/** Checks the engine, removes what an earlier run left on it, and makes the pools. */
export async function openSandboxes(surroundings: Surroundings, instanceId: string): Promise<Sandboxes> {
  const { config, logger, onFailure, onStop, installDirectory } = surroundings;
  const engine = new DockerEngine({ host: config.engineHost });
  const architecture = await checkEngine(engine, config, logger);
  const runtimes = new RuntimeCatalog(engine, join(installDirectory, 'images'));
  const runDirectory = await makeRunDirectory(config.runDirectory, instanceId);
  const preparedDirectory = join(config.dataDirectory, 'prepared');
  await mkdir(preparedDirectory, { recursive: true, mode: 0o700 });
  const directories = [runDirectory, preparedDirectory];
  const leftovers = new Leftovers({ engine, instanceId, directories, onFailure });
  const launcher = new Launcher({
    ...config,
    engine,
    runtimes,
    leftovers,
    runDirectory,
    uids: new UidAllocator(config.firstUid, config.lastUid),
    shimDirectory: join(installDirectory, 'dist', 'shim'),
    seccompProfile: seccompProfile(architecture),
    instanceId,
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
  onStop(() => rmdir(runDirectory).catch(() => undefined));
  const removed = await pools.open();
  if (removed > 0) logger.info('Removed sandboxes that an earlier run left behind', { removed });
  onStop(() => pools.close());
  return { engine, runtimes, prepared, pools };
}
