import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { FunctionCatalog } from '../functions/catalog.ts';
import type { FunctionId } from '../functions/function.ts';
import { SraasError } from '../errors.ts';
import { describeError } from '../logger.ts';
import type { CustomImages } from '../runtimes/custom/custom-images.ts';
import type { CustomRuntimes } from '../runtimes/custom/custom-runtimes.ts';
import { sandboxesOf } from '../sandboxes/leftovers.ts';
import type { Pools } from '../sandboxes/pools.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Change } from '../servers/change-feed.ts';
import { Membership } from '../servers/membership.ts';
import type { Store } from '../store/store.ts';
import type { Workers } from '../workers/workers.ts';
import type { OpenEngine } from './engine.ts';
import type { Surroundings } from './surroundings.ts';

/** This run of the server, and what is known of those of others on the same database. */
export interface Runs {
  readonly runId: string;
  /** Whether another run, of this server or another one, still goes on. */
  readonly isRunning: (runId: string) => Promise<boolean>;
}

/** Enters this server among those that share its database, where it is shared, and keeps it there until it stops. */
export async function joinServers(
  { logger, onFailure, onStop }: Surroundings,
  { store, engine }: Pick<OpenEngine, 'engine'> & { readonly store: Store },
): Promise<Runs> {
  const runId = randomUUID();
  const { shared, instanceId } = store;
  // One server at a time has a data directory: whoever else there was is gone.
  if (shared === undefined) return { runId, isRunning: () => Promise.resolve(false) };
  const membership = new Membership({
    store: shared.servers,
    self: { instanceId, runId, host: hostname() },
    onReplaced: () => {
      logger.error('Another server goes by the name of this one: a data directory must not be used as a copy', {
        instanceId,
      });
    },
    removalOf: async (deadId) => {
      const left = await sandboxesOf(deadId, engine);
      return async () => {
        if (left.length === 0) return;
        await Promise.all(left.map((id) => engine.remove(id)));
        logger.warn('Removed sandboxes of a server that has died', { instanceId: deadId, removed: left.length });
      };
    },
    onFailure,
  });
  await membership.open();
  onStop(() => membership.close());
  return { runId, isRunning: (id) => membership.isRunning(id) };
}

interface FollowParts {
  /** Undefined where one process runs all. */
  readonly workers: Pick<Workers, 'tell'> | undefined;
  readonly store: Pick<Store, 'shared'>;
  readonly catalog: FunctionCatalog;
  readonly pools: Pick<Pools, 'functions'>;
  readonly secrets: Pick<Secrets, 'changedElsewhere'>;
  readonly images: Pick<CustomImages, 'reload'>;
  readonly customRuntimes: Pick<CustomRuntimes, 'reload'>;
}

/**
 * From now on this server hears of what others change in a shared database, and forgets what it remembered. While it cannot
 * hear, it remembers nothing.
 */
export async function followOthers(
  { logger, onFailure, onStop }: Surroundings,
  { workers, store, catalog, pools, secrets, images, customRuntimes }: FollowParts,
): Promise<void> {
  const feed = store.shared?.changes;
  if (feed === undefined) return;
  let reloading = Promise.resolve();
  const reload = (): void => {
    reloading = reloading
      .then(() => images.reload())
      .then(() => customRuntimes.reload())
      .catch((error: unknown) => {
        onFailure('The runtimes that other servers changed could not be read', error);
      });
  };
  const change = (told: Change): void => {
    switch (told.kind) {
      case 'function':
        catalog.changedElsewhere({ id: told.id as FunctionId, name: told.name }, told.removed);
        break;
      case 'runtimes':
        reload();
        break;
      case 'secret':
        secrets.changedElsewhere(told.name);
        break;
      default:
        told satisfies never;
    }
  };
  await feed.open({
    onChange: change,
    onLost: (error) => {
      catalog.followsOthers = false;
      workers?.tell({ kind: 'hearing', hears: false });
      logger.warn('The changes of other servers are not heard: nothing is remembered until they are', {
        ...describeError(error),
      });
    },
    onRestored: () => {
      catalog.followsOthers = true;
      workers?.tell({ kind: 'hearing', hears: true });
      logger.info('The changes of other servers are heard again');
      reload();
      lookAtAll({ catalog, pools }).catch((error: unknown) => {
        onFailure('What other servers changed meanwhile could not be looked at', error);
      });
    },
  });
  onStop(async () => {
    await feed.close();
    await reloading;
  });
  // What was read before the feed was open may have changed since.
  reload();
}

/** Has the sandboxes of all functions that there are some of follow what became of the functions meanwhile. */
export async function lookAtAll({ catalog, pools }: Pick<FollowParts, 'catalog' | 'pools'>): Promise<void> {
  for (const { id, name } of pools.functions()) {
    const isThere = (await idOf(catalog, name)) === id;
    catalog.changedElsewhere({ id, name }, !isThere);
  }
}

async function idOf(catalog: FunctionCatalog, name: string): Promise<FunctionId | undefined> {
  try {
    return (await catalog.show(name)).id;
  } catch (error) {
    if (error instanceof SraasError && error.code === 'FUNCTION_NOT_FOUND') return undefined;
    throw error;
  }
}
