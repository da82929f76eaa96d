import type { BuildLine, ImageRecipe } from '../../builds/image-build.ts';
import { SraasError } from '../../errors.ts';
import type { CustomImages } from './custom-images.ts';
import type { BuildRecord, CustomRuntime } from './custom-runtime.ts';
import { contractOf, type ImageUse } from './image-use.ts';
import type { MadeImage } from './made-image.ts';
import type { Making } from './making.ts';
import { parseRuntimeName } from './runtime-name.ts';
import type { RuntimeDefinition } from './runtime-definition.ts';
import type { RuntimeDraft, RuntimeStore } from './runtime-store.ts';

interface CustomRuntimesParts {
  readonly store: RuntimeStore;
  readonly images: CustomImages;
  /** Whether no other server shares the store. */
  readonly isAlone: boolean;
  readonly clock: () => Date;
  readonly onFailure: (message: string, error: unknown) => void;
}

/** A build that was ordered for a runtime. */
export interface OrderedBuild {
  readonly id: string;
  /** Whether the name is new. */
  readonly isNew: boolean;
  follow(onLine: (line: BuildLine) => void): () => void;
  /** The runtime that now serves. @throws SraasError `RUNTIME_BUILD_FAILED`, and the store's errors. */
  readonly finished: Promise<CustomRuntime>;
}

/** The newest wish for a runtime, until its end has been recorded. */
interface Order {
  readonly draft: RuntimeDraft;
  readonly making: Making;
  readonly recorded: Promise<CustomRuntime>;
}

type Listener = (name: string) => void;

const interrupted = 'The server stopped while it was built: send the runtime again.';
const shownUses = 5;

/** The runtimes that users made from Dockerfiles: ordered, shown, cancelled, removed. */
export class CustomRuntimes {
  readonly #parts: CustomRuntimesParts;
  readonly #runtimes = new Map<string, CustomRuntime>();
  readonly #orders = new Map<string, Order>();
  readonly #recordings = new Set<Promise<unknown>>();
  readonly #listeners = new Set<Listener>();

  constructor(parts: CustomRuntimesParts) {
    this.#parts = parts;
  }

  /** Reads what an earlier run recorded. Call it before anything else, after the images' own `open`. */
  async open(): Promise<void> {
    const { store, clock, isAlone } = this.#parts;
    // What is recorded as under way may be another server's.
    if (isAlone) await store.interrupt(interrupted, clock());
    for (const runtime of await store.all()) this.#runtimes.set(runtime.name, runtime);
  }

  /** Reads what other servers recorded meanwhile, after the images' own `reload`. */
  async reload(): Promise<void> {
    const before = new Map(this.#runtimes);
    const recorded = new Map((await this.#parts.store.all()).map((runtime) => [runtime.name, runtime]));
    for (const name of new Set([...before.keys(), ...recorded.keys()])) {
      const known = before.get(name);
      // What is built here, or changed here meanwhile, is known better here.
      if (this.#orders.has(name) || this.#runtimes.get(name) !== known) continue;
      const runtime = recorded.get(name);
      if (runtime === undefined) this.#runtimes.delete(name);
      else this.#runtimes.set(name, runtime);
      if (known?.imageKey !== runtime?.imageKey) this.#tell(name);
    }
  }

  find(name: string): CustomRuntime | undefined {
    return this.#runtimes.get(name);
  }

  /** In the order of their names. */
  list(): readonly CustomRuntime[] {
    return [...this.#runtimes.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** @throws SraasError `CUSTOM_RUNTIME_NOT_FOUND` */
  show(name: string): CustomRuntime {
    const runtime = this.#runtimes.get(name);
    if (runtime !== undefined) return runtime;
    throw new SraasError(
      'CUSTOM_RUNTIME_NOT_FOUND',
      'There is no runtime of this name: make it with PUT, or list those there are with GET /runtimes.',
    );
  }

  /** The image that serves a runtime; undefined before its first build has succeeded. */
  imageOf({ imageKey }: Pick<CustomRuntime, 'imageKey'>): MadeImage | undefined {
    return imageKey === undefined ? undefined : this.#parts.images.find(imageKey);
  }

  /**
   * Orders what a runtime is to be from now on. A build of the same name that is still under way is cancelled. Until the new
   * image has been built and tried, and for good when that fails, the runtime serves with the image that it has.
   *
   * @throws SraasError `INVALID_NAME`, `RUNTIME_IN_USE` for another contract than the functions of it need, `BUILD_REFUSED`,
   * `QUEUE_FULL`, `RUNTIME_NOT_READY`. Nothing has changed then.
   */
  async put(name: string, definition: RuntimeDefinition, recipe: ImageRecipe): Promise<OrderedBuild> {
    const { images, clock } = this.#parts;
    const checked = parseRuntimeName(name);
    const before = this.#runtimes.get(checked);
    const { contract, description } = definition;
    const making = await images.order(recipe, await this.#wanted(checked, definition));
    const earlier = this.#orders.get(checked);
    // The same recipe again is the same build, which goes on for both.
    if (earlier !== undefined && earlier.making !== making)
      earlier.making.cancel('A newer definition of the runtime came.');
    const draft = { name: checked, description, contract, createdAt: clock() };
    const order: Order = { draft, making, recorded: Promise.resolve().then(() => this.#carryOut(order)) };
    this.#orders.set(checked, order);
    this.#track(order.recorded);
    return {
      id: making.id,
      isNew: before === undefined,
      follow: (onLine) => making.follow(onLine),
      finished: order.recorded,
    };
  }

  /** The last build, with what is kept of its log. @throws SraasError `CUSTOM_RUNTIME_NOT_FOUND` */
  async lastBuild(name: string): Promise<{ readonly build: BuildRecord; readonly log: string }> {
    const making = this.#orders.get(name)?.making;
    if (making !== undefined) return { build: recordOf(making), log: making.log() };
    const { lastBuild } = this.show(name);
    return { build: lastBuild, log: (await this.#parts.store.log(name)) ?? '' };
  }

  /**
   * Tells of every line of the build that is under way, those of the past first, until it has ended or the signal aborts.
   * @returns false when none is under way.
   */
  async follow(name: string, onLine: (line: BuildLine) => void, signal: AbortSignal): Promise<boolean> {
    const making = this.#orders.get(name)?.making;
    if (making === undefined) return false;
    const unfollow = making.follow(onLine);
    const left = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
    await Promise.race([making.ended, left]);
    unfollow();
    return true;
  }

  /** Ends the build that is under way, and waits until nothing of it is left. @throws SraasError `BUILD_NOT_FOUND` */
  async cancel(name: string): Promise<void> {
    const order = this.#orders.get(name);
    if (order === undefined) {
      throw new SraasError('BUILD_NOT_FOUND', 'No build of this runtime is under way.');
    }
    order.making.cancel();
    await Promise.allSettled([order.recorded]);
  }

  /**
   * Removes a runtime; a build of it that is under way is cancelled.
   * @throws SraasError `INVALID_NAME`, `CUSTOM_RUNTIME_NOT_FOUND`, `RUNTIME_IN_USE` with the functions that use it.
   */
  async remove(name: string): Promise<void> {
    const checked = parseRuntimeName(name);
    this.show(checked);
    const result = await this.#parts.store.remove(checked);
    if (result === 'in_use') await this.#refuseInUse(checked, 'removed');
    this.#orders.get(checked)?.making.cancel('The runtime was removed.');
    this.#orders.delete(checked);
    this.#runtimes.delete(checked);
    this.#tell(checked);
  }

  /** The listener is called when another image serves a runtime, or none any more, and must not throw. */
  onChanged(listener: Listener): void {
    this.#listeners.add(listener);
  }

  /** Cancels what is under way and waits until it is recorded. */
  async close(): Promise<void> {
    for (const { making } of this.#orders.values()) making.cancel(interrupted);
    await Promise.allSettled(this.#recordings);
  }

  async #carryOut(order: Order): Promise<CustomRuntime> {
    const { draft, making } = order;
    const { name } = draft;
    try {
      await this.#begin(order);
      await making.ended;
      if (this.#isNewest(order)) await this.#record(order);
    } finally {
      if (this.#isNewest(order)) this.#orders.delete(name);
    }
    await making.image();
    return this.show(name);
  }

  async #begin(order: Order): Promise<void> {
    const { draft, making } = order;
    const build = { ...recordOf(making), state: 'building', endedAt: undefined } as const;
    try {
      const runtime = await this.#parts.store.begin(draft, build);
      if (this.#isNewest(order)) this.#runtimes.set(draft.name, runtime);
      // Removed just before its build was noted: the note must not bring it back.
      else if (!this.#orders.has(draft.name) && !this.#runtimes.has(draft.name))
        await this.#parts.store.remove(draft.name);
    } catch (error) {
      making.cancel('The runtime could not be recorded.');
      throw error;
    }
  }

  async #record(order: Order): Promise<void> {
    const { draft, making } = order;
    const image = making.made;
    const release = image && this.#parts.images.hold(image.key);
    try {
      const before = this.#runtimes.get(draft.name);
      const runtime = await this.#parts.store.end(draft.name, {
        build: recordOf(making),
        log: making.log(),
        ...(image === undefined ? {} : { success: { draft, image } }),
      });
      // Removed meanwhile, or a newer build's to record.
      if (runtime === undefined || !this.#isNewest(order)) return;
      this.#runtimes.set(draft.name, runtime);
      if (before?.imageKey !== runtime.imageKey) this.#tell(draft.name);
    } finally {
      release?.();
    }
  }

  #isNewest(order: Order): boolean {
    return this.#orders.get(order.draft.name) === order;
  }

  /**
   * How the image is to serve: as the functions of the runtime need it, where that was left open.
   * @throws SraasError `RUNTIME_IN_USE` when they need it otherwise.
   */
  async #wanted(name: string, { wanted }: RuntimeDefinition): Promise<ImageUse | 'handler'> {
    const use = this.#runtimes.get(name)?.use;
    if (use === undefined || use === wanted) return wanted;
    if (wanted === 'handler' && contractOf(use) === 'handler') {
      const isUsed = (await this.#parts.store.usedBy(name, 1)).length > 0;
      return isUsed ? use : wanted;
    }
    await this.#refuseInUse(name, 'changed');
    return wanted;
  }

  async #refuseInUse(name: string, change: 'changed' | 'removed'): Promise<void> {
    const functions = await this.#parts.store.usedBy(name, shownUses + 1);
    if (functions.length === 0 && change === 'changed') return;
    const more = functions.length > shownUses ? ' and others' : '';
    const how = change === 'changed' ? 'serve by another contract or language' : 'be removed';
    throw new SraasError(
      'RUNTIME_IN_USE',
      `The runtime ${name} cannot ${how} while functions use it: ${functions.slice(0, shownUses).join(', ')}${more}. ` +
        'Remove those first, or make a runtime of another name.',
    );
  }

  #track(recording: Promise<unknown>): void {
    this.#recordings.add(recording);
    recording
      .catch((error: unknown) => {
        // How a build failed is for its owner; what the platform could not record is for the operator.
        if (error instanceof SraasError && error.kind.fault === 'caller') return;
        this.#parts.onFailure('The end of a build could not be recorded', error);
      })
      .finally(() => this.#recordings.delete(recording));
  }

  #tell(name: string): void {
    for (const listener of this.#listeners) listener(name);
  }
}

function recordOf(making: Making): BuildRecord {
  return {
    id: making.id,
    state: making.state,
    queuedAt: making.queuedAt,
    endedAt: making.endedAt,
    problem: making.problem?.detail,
    problemLine: making.problem?.line,
  };
}
