import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FunctionConfig } from '../functions/function.ts';
import { SraasError } from '../errors.ts';
import { BackOff } from './back-off.ts';
import type { ContainerLimits } from './container-spec.ts';
import type { LaunchedContainer } from './launched-container.ts';
import type { Launcher } from './launcher.ts';
import { linkTree } from './link-tree.ts';
import { runtimeOf, type Workload } from './workload.ts';

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

/** From one that is given out to the start of the next: a first call is over by then, unless its own code takes long. */
const pauseMs = 50;

/** What two functions must have in common to be served by the same prepared container. */
interface Kind {
  readonly runtime: string;
  readonly limits: ContainerLimits;
  readonly network: FunctionConfig['network'];
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
  #fillingSoon: NodeJS.Timeout | undefined;
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
  want(runtime: string, limits: ContainerLimits, network: FunctionConfig['network'] = 'none'): void {
    if (this.#options.perKind === 0 || this.#closed) return;
    this.#note({ runtime, limits, network });
    this.fill();
  }

  /** A container that waits for exactly this kind of work, with the work's code in it; undefined when there is none. */
  async take({ version, codeDirectory }: Workload): Promise<{ id: string; container: LaunchedContainer } | undefined> {
    const runtime = runtimeOf(version);
    const { limits, network } = version.config;
    if (this.#options.perKind === 0 || this.#closed) return undefined;
    const taken = this.#note({ runtime, limits, network }).shelf.shift();
    this.#fillSoon();
    if (taken === undefined) return undefined;
    try {
      await linkTree(codeDirectory, taken.container.codeDirectory);
      if (!taken.container.channel.closed) return taken;
    } catch (error) {
      this.#options.onFailure('Code could not be put into a prepared sandbox', error);
    }
    // Whoever starts another in its stead counts on its room.
    await this.#dismiss(taken);
    return undefined;
  }

  /**
   * Lets the containers of a runtime go, as another image serves it now, or none: others are started from that. Resolves when
   * the old ones have gone.
   */
  async renew(runtime: string): Promise<void> {
    const departures: Promise<void>[] = [];
    for (const [key, kind] of [...this.#kinds]) {
      if (kind.runtime !== runtime) continue;
      // Another object in the old one's place: a container that is just being started for that has no shelf any more.
      this.#kinds.set(key, { ...kind, shelf: [] });
      departures.push(...kind.shelf.splice(0).map((prepared) => this.#dismiss(prepared)));
    }
    this.fill();
    await Promise.all(departures);
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
    clearTimeout(this.#fillingSoon);
    await this.#filling;
    for (const kind of this.#kinds.values()) this.#clear(kind);
    await Promise.all(this.#releases);
  }

  /** Leaves the processor to the call that has just come. */
  #fillSoon(): void {
    this.#fillingSoon ??= setTimeout(() => {
      this.#fillingSoon = undefined;
      this.fill();
    }, pauseMs);
  }

  /** Makes a kind the one that was asked for last. */
  #note(asked: Omit<Kind, 'shelf'>): Kind {
    const key = keyOf(asked);
    const kind = this.#kinds.get(key) ?? { ...asked, shelf: [] };
    this.#kinds.delete(key);
    this.#kinds.set(key, kind);
    return kind;
  }

  async #fill(): Promise<void> {
    for (let kind = this.#lacking(); kind !== undefined; kind = this.#lacking()) {
      if (this.#releases.size > 0) {
        // One that is being removed still counts; by then another kind may be the one to prepare.
        await Promise.all(this.#releases);
        continue;
      }
      try {
        await this.#prepare(kind);
        this.#backOff.succeeded();
      } catch (error) {
        this.#options.onFailure('A sandbox could not be prepared', error);
        if (error instanceof SraasError && error.code === 'RUNTIME_NOT_READY') {
          // It is wanted again by the next call that its runtime has an image for; the others need not wait for that.
          this.#kinds.delete(keyOf(kind));
          continue;
        }
        this.#backOff.failed();
        return;
      }
    }
  }

  /** The kind to prepare next. What was asked for longest ago makes room for it, before it is started. */
  #lacking(): Kind | undefined {
    if (this.#closed) return undefined;
    let room = this.#options.most;
    let lacking: Kind | undefined;
    for (const kind of [...this.#kinds.values()].reverse()) {
      const wanted = Math.min(this.#options.perKind, room);
      while (kind.shelf.length > wanted) void this.#dismiss(kind.shelf.pop());
      if (kind.shelf.length < wanted) lacking ??= kind;
      room -= wanted;
    }
    if (lacking !== undefined) return lacking;
    for (const [key, kind] of this.#kinds) if (kind.shelf.length === 0) this.#kinds.delete(key);
    return undefined;
  }

  async #prepare(kind: Kind): Promise<void> {
    const id = randomBytes(8).toString('hex');
    const { runtime, limits, network } = kind;
    const codeDirectory = join(this.#options.codeDirectory, id);
    const order = { runtime, limits, network, version: undefined, codeDirectory, ownsCode: true };
    const container = await this.#options.launcher.launch(id, order);
    const prepared = { id, container };
    if (this.#kinds.get(keyOf(kind)) !== kind) {
      void this.#dismiss(prepared);
      return;
    }
    container.channel.onClosed = () => {
      const index = kind.shelf.indexOf(prepared);
      if (index < 0) return;
      kind.shelf.splice(index, 1);
      void this.#dismiss(prepared);
      this.fill();
    };
    kind.shelf.push(prepared);
  }

  #clear(kind: Kind): void {
    while (kind.shelf.length > 0) void this.#dismiss(kind.shelf.pop());
  }

  /** Resolves when it has gone. */
  async #dismiss(prepared: Kind['shelf'][number] | undefined): Promise<void> {
    if (prepared === undefined) return;
    const release: Promise<void> = prepared.container.release().finally(() => this.#releases.delete(release));
    this.#releases.add(release);
    await release;
  }
}

function keyOf({ runtime, limits, network }: Omit<Kind, 'shelf'>): string {
  const { cpus, memoryMb, pids, tmpMb } = limits;
  return [runtime, network, cpus, memoryMb, pids, tmpMb].join(' ');
}
