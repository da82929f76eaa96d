import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerId, Engine } from '../engine/engine.ts';
import { failpoint } from '../failpoints.ts';
import { labelsOfInstance, sandboxIdOf, workerOf } from './labels.ts';

interface LeftoversOptions {
  readonly engine: Engine;
  readonly instanceId: string;
  /** Of the worker that this is; left out by the server. */
  readonly workerNumber?: number | undefined;
  /** Folders that hold one folder per live sandbox. */
  readonly directories: readonly string[];
  readonly onFailure: (message: string, error: unknown) => void;
}

/**
 * Removes what sandboxes left behind: at start-up everything that an earlier run of this server instance did not get to, and
 * from then on what could not be removed at the time because the engine was away.
 */
export class Leftovers {
  readonly #options: LeftoversOptions;
  readonly #pending = new Map<string, () => Promise<void>>();
  #retrying: Promise<void> | undefined;

  constructor(options: LeftoversOptions) {
    this.#options = options;
  }

  add(sandboxId: string, retry: () => Promise<void>, error: unknown): void {
    this.#pending.set(sandboxId, retry);
    this.#options.onFailure(`Sandbox ${sandboxId} could not be removed yet`, error);
  }

  get count(): number {
    return this.#pending.size;
  }

  /**
   * Removes every container and folder of this instance, of its workers' too; or those of this worker. Only right while they have
   * no sandbox, which is at start-up: the lock on the data directory says that nobody else is this instance, and it has no
   * workers yet.
   * @returns how many containers were removed.
   */
  async sweep(): Promise<number> {
    const { engine, instanceId, workerNumber, directories } = this.#options;
    for (const directory of directories) {
      const folders = await readdir(directory);
      await Promise.all(folders.map((folder) => rm(join(directory, folder), { recursive: true, force: true })));
    }
    failpoint('start.folders_swept');
    const found = await engine.list(labelsOfInstance(instanceId));
    const containers =
      workerNumber === undefined ? found : found.filter(({ labels }) => workerOf(labels) === workerNumber);
    await Promise.all(containers.map(({ id }) => engine.remove(id)));
    failpoint('start.containers_swept');
    return containers.length;
  }

  /** Joins a retry that is under way. Tries once more to remove what could not be removed, and containers that no live sandbox stands for. */
  retry(isLive: (sandboxId: string) => boolean): Promise<void> {
    this.#retrying ??= this.#retry(isLive).finally(() => {
      this.#retrying = undefined;
    });
    return this.#retrying;
  }

  async #retry(isLive: (sandboxId: string) => boolean): Promise<void> {
    for (const [sandboxId, removal] of [...this.#pending]) {
      try {
        await removal();
        this.#pending.delete(sandboxId);
      } catch (error) {
        this.#options.onFailure(`Sandbox ${sandboxId} can still not be removed`, error);
        return;
      }
    }
    const { engine, instanceId, workerNumber = 0 } = this.#options;
    for (const { id, labels } of await engine.list(labelsOfInstance(instanceId))) {
      if (workerOf(labels) !== workerNumber) continue;
      const sandboxId = sandboxIdOf(labels);
      if (sandboxId === undefined || !isLive(sandboxId)) await engine.remove(id);
    }
  }
}

/** Ids of all containers that a server has on this engine, living or left over. */
export async function sandboxesOf(instanceId: string, engine: Pick<Engine, 'list'>): Promise<readonly ContainerId[]> {
  return (await engine.list(labelsOfInstance(instanceId))).map(({ id }) => id);
}
