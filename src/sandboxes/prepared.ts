import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { BackOff } from './back-off.ts';
import type { ContainerLimits } from './container-spec.ts';
import type { LaunchedContainer } from './launched-container.ts';
import type { Launcher } from './launcher.ts';
import { linkTree } from './link-tree.ts';
import type { Workload } from './workload.ts';

export interface PreparedSandboxesOptions {
  readonly launcher: Pick<Launcher, 'launch'>;
  /** Host folder for the code of prepared sandboxes, on the file system of the artifacts. */
  readonly codeDirectory: string;
  /** How many are kept for each kind of container; 0 prepares none. */
  readonly perKind: number;
  /** How many are kept altogether. */
  readonly most: number;
  readonly onFailure: (message: string, error: unknown) => void;
}

/** What two functions must have in common to be served by the same prepared container. */
interface Kind {
  readonly runtime: string;
  readonly limits: ContainerLimits;
  readonly shelf: { readonly id: string; readonly container: LaunchedContainer }[];
}

/**
 * Containers that have been started before anybody needs them: a shim waits in each, with no code, no environment and no
 * function. Taking one costs the linking of a version's files into its read-only mount, instead of a container's start.
 *
 * Kinds that were asked for last are prepared first. Each container is given out once, and never comes back.
 */
export class PreparedSandboxes {
  readonly #options: PreparedSandboxesOptions;
  /** By key; the kind that was asked for last is at the end. */
  readonly #kinds = new Map<string, Kind>();
  readonly #backOff = new BackOff();
  readonly #releases = new Set<Promise<void>>();
  #filling: Promise<void> | undefined;
  #closed = false;

  constructor(options: PreparedSandboxesOptions) {
    this.#options = options;
  }

  get count(): number {
    let count = 0;
    for (const kind of this.#kinds.values()) count += kind.shelf.length;
    return count;
  }

  /** Says that a kind of container will be needed: some are started in the background. */
  want(runtime: string, limits: ContainerLimits): void {
    if (this.#options.perKind === 0 || this.#closed) return;
    const key = keyOf(runtime, limits);
    const kind = this.#kinds.get(key) ?? { runtime, limits, shelf: [] };
    this.#kinds.delete(key);
    this.#kinds.set(key, kind);
    this.fill();
  }

  /** A container that waits for exactly this kind of work, with the work's code in it; undefined when there is none. */
  async take({ version, codeDirectory }: Workload): Promise<{ id: string; container: LaunchedContainer } | undefined> {
    const { runtime, limits } = version.config;
    const taken = this.#kinds.get(keyOf(runtime, limits))?.shelf.shift();
    this.want(runtime, limits);
    if (taken === undefined) return undefined;
    try {
      await linkTree(codeDirectory, taken.container.codeDirectory);
      if (!taken.container.channel.closed) return taken;
    } catch (error) {
      this.#options.onFailure('Code could not be put into a prepared sandbox', error);
    }
    this.#dismiss(taken);
    return undefined;
  }

  /** Starts what is missing, one at a time, behind everything else. */
  fill(): void {
    if (this.#closed || !this.#backOff.isOver()) return;
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
    });
  }

  /** Removes them all. Resolves when they have gone. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#filling;
    for (const kind of this.#kinds.values()) this.#clear(kind);
    await Promise.all(this.#releases);
  }

  async #fill(): Promise<void> {
    for (let kind = this.#lacking(); kind !== undefined; kind = this.#lacking()) {
      try {
        await this.#prepare(kind);
        this.#backOff.succeeded();
      } catch (error) {
        this.#backOff.failed();
        this.#options.onFailure('A sandbox could not be prepared', error);
        return;
      }
    }
  }

  /** The kind to prepare next. What was asked for longest ago makes room for it. */
  #lacking(): Kind | undefined {
    if (this.#closed) return undefined;
    const recent = [...this.#kinds.values()].reverse();
    let room = this.#options.most;
    for (const kind of recent) {
      const wanted = Math.min(this.#options.perKind, room);
      while (kind.shelf.length > wanted) this.#dismiss(kind.shelf.pop());
      if (kind.shelf.length < wanted) return kind;
      room -= wanted;
    }
    for (const [key, kind] of this.#kinds) if (kind.shelf.length === 0) this.#kinds.delete(key);
    return undefined;
  }

  async #prepare(kind: Kind): Promise<void> {
    const id = randomBytes(8).toString('hex');
    const { runtime, limits } = kind;
    const codeDirectory = join(this.#options.codeDirectory, id);
    const order = { runtime, limits, version: undefined, codeDirectory, ownsCode: true };
    const container = await this.#options.launcher.launch(id, order);
    const prepared = { id, container };
    container.channel.onClosed = () => {
      const index = kind.shelf.indexOf(prepared);
      if (index < 0) return;
      kind.shelf.splice(index, 1);
      this.#dismiss(prepared);
      this.fill();
    };
    kind.shelf.push(prepared);
  }

  #clear(kind: Kind): void {
    while (kind.shelf.length > 0) this.#dismiss(kind.shelf.pop());
  }

  #dismiss(prepared: Kind['shelf'][number] | undefined): void {
    if (prepared === undefined) return;
    const release: Promise<void> = prepared.container.release().finally(() => this.#releases.delete(release));
    this.#releases.add(release);
  }
}

function keyOf(runtime: string, { cpus, memoryMb, pids, tmpMb }: ContainerLimits): string {
  return [runtime, cpus, memoryMb, pids, tmpMb].join(' ');
}
