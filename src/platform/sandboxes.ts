import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FifoStock } from '../sandboxes/fifo-stock.ts';
import { Launcher, type LauncherOptions } from '../sandboxes/launcher.ts';
import { Leftovers } from '../sandboxes/leftovers.ts';
import { Pools } from '../sandboxes/pools.ts';
import { PreparedSandboxes } from '../sandboxes/prepared.ts';
import { seccompProfile } from '../sandboxes/seccomp-profile.ts';
import { Starter, type StarterOptions } from '../sandboxes/starter.ts';
import { UidAllocator } from '../sandboxes/uid-allocator.ts';
import type { Store } from '../store/store.ts';
import { controlGroupFor } from './control-group.ts';
import type { OpenEngine } from './engine.ts';
import { sandboxMemoryMb } from './operator-policy.ts';
import type { Surroundings } from './surroundings.ts';
import { makeRunDirectory, workerFolder } from './run-directory.ts';
import { makeEgress } from './egress.ts';
import { transportFor } from './transport.ts';

/** What runs code: the sandboxes on the engine. */
export interface Sandboxes {
  /** Host folder for sockets, this server's own. */
  readonly runDirectory: string;
  readonly launcher: Launcher;
  /** Host folder for the code folders of containers that are started before there is any code. */
  readonly preparedDirectory: string;
  readonly prepared: PreparedSandboxes;
  readonly pools: Pools;
}

interface SandboxesParts extends OpenEngine {
  readonly store: Pick<Store, 'instanceId'>;
  readonly handlers: LauncherOptions['runtimes'];
  readonly programs: StarterOptions['programs'];
  readonly secrets: StarterOptions['secrets'];
  /** Of the worker that this is; left out by the server. */
  readonly workerNumber?: number;
}

/** Removes what an earlier run left on the engine, and makes the pools. */
export async function openSandboxes(
  surroundings: Surroundings,
  { engine, architecture, store, handlers, programs, secrets, workerNumber }: SandboxesParts,
): Promise<Sandboxes> {
  const { config, logger, onFailure, onStop, installDirectory } = surroundings;
  const { instanceId } = store;
  const runDirectory = await makeRunDirectory(config.runDirectory, instanceId, workerNumber);
  const preparedDirectory = join(config.dataDirectory, 'prepared', ...workerFolder(workerNumber));
  await mkdir(preparedDirectory, { recursive: true, mode: 0o700 });
  const directories = [runDirectory, preparedDirectory];
  const leftovers = new Leftovers({ engine, instanceId, workerNumber, directories, onFailure });
  const fifos = new FifoStock(runDirectory);
  const profile = seccompProfile(architecture);
  // The one network is the server's.
  const { egress, open: openEgress } =
    workerNumber === undefined
      ? makeEgress(surroundings, { engine, instanceId, seccompProfile: profile })
      : { egress: undefined, open: () => Promise.resolve() };
  const launcher = new Launcher({
    ...config,
    cgroupParent: await controlGroupFor(engine, config, logger),
    egress,
    engine,
    runtimes: handlers,
    leftovers,
    transport: await transportFor(engine, config, logger, fifos),
    runDirectory,
    uids: new UidAllocator(config.firstUid, config.lastUid),
    shimDirectory: join(installDirectory, 'dist', 'shim'),
    seccompProfile: profile,
    instanceId,
    workerNumber,
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
    starter: new Starter({ launcher, prepared, programs, secrets, initTimeoutMs: config.initTimeoutMs }),
    prepared,
    leftovers,
    egress,
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
  onStop(async () => {
    await fifos.close();
    await rmdir(runDirectory).catch(() => undefined);
  });
  const removed = await pools.open();
  if (removed > 0) logger.info('Removed sandboxes that an earlier run left behind', { removed });
  onStop(() => pools.close());
  await openEgress();
  return { runDirectory, launcher, preparedDirectory, prepared, pools };
}
