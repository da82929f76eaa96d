import type { BuildContainer, BuildEngine } from '../engine/build.ts';
import type { ContainerId } from '../engine/engine.ts';

interface WatchdogOptions {
  readonly engine: Pick<BuildEngine, 'buildContainers' | 'limitProcesses' | 'builtImages'>;
  /** Labels that everything of the build carries. */
  readonly labels: Readonly<Record<string, string>>;
  readonly maxProcesses: number;
  readonly maxDiskBytes: number;
  /** Called once, with a sentence for the user. */
  readonly onBreach: (reason: string) => void;
  readonly everyMs?: number;
  /** The time after which a build that cannot be looked at is a breach. */
  readonly blindAfterMs?: number;
}

/**
 * Watches what a build's containers use where the builder itself sets no limit: processes, and space on the engine's disk. A new
 * container is held to the number of processes by the kernel as soon as it is seen; a build that reaches it is a breach.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #limited = new Set<ContainerId>();
  #finishedBytes = 0;
  #imagesAreStale = true;
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastSightAt = performance.now();
  #ended = false;

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  start(): void {
    this.#lastSightAt = performance.now();
    this.#schedule();
  }

  /** There may be a new container, and a finished layer. */
  lookNow(): void {
    this.#imagesAreStale = true;
    if (this.#ended || this.#looking !== undefined) return;
    clearTimeout(this.#timer);
    this.#look();
  }

  /** Resolves when it asks the engine nothing any more. */
  async stop(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  #schedule(): void {
    // What was hinted at while it looked is looked at soon.
    const delayMs = this.#imagesAreStale ? 100 : (this.#options.everyMs ?? 1000);
    this.#timer = setTimeout(() => {
      this.#look();
    }, delayMs);
    this.#timer.unref();
  }

  #look(): void {
    const isFirst = this.#imagesAreStale;
    this.#imagesAreStale = false;
    this.#looking = this.#examine(isFirst)
      .then(
        () => {
          this.#lastSightAt = performance.now();
        },
        () => {
          const { blindAfterMs = 30_000 } = this.#options;
          if (performance.now() - this.#lastSightAt > blindAfterMs)
            this.#breach('The engine could not say what the build uses.');
        },
      )
      .finally(() => {
        this.#looking = undefined;
        if (!this.#ended) this.#schedule();
      });
  }

  async #examine(withImages: boolean): Promise<void> {
    const { engine, labels, maxProcesses, maxDiskBytes } = this.#options;
    const containers = await engine.buildContainers(labels);
    // What could not be limited is looked at all the same.
    const limited = await Promise.allSettled(containers.map((container) => this.#limit(container)));
    if (withImages) this.#finishedBytes = await this.#layerBytes();
    if (containers.some(({ processes }) => processes >= maxProcesses)) {
      this.#breach(`A step ran ${maxProcesses} processes and threads, which is all that a build may.`);
    }
    const diskBytes = this.#finishedBytes + containers.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0);
    if (diskBytes > maxDiskBytes) {
      this.#breach(`The build wrote more than the ${Math.round(maxDiskBytes / 1_048_576)} MB that it may.`);
    }
    for (const outcome of limited) if (outcome.status === 'rejected') throw outcome.reason;
  }

  async #limit({ id }: BuildContainer): Promise<void> {
    if (this.#limited.has(id)) return;
    await this.#options.engine.limitProcesses(id, this.#options.maxProcesses);
    this.#limited.add(id);
  }

  /** What the build's images add to those they are made from. A base is not among them: its size is that of the first child. */
  async #layerBytes(): Promise<number> {
    const images = await this.#options.engine.builtImages(this.#options.labels);
    const sizes = new Map(images.map(({ id, sizeBytes }) => [id, sizeBytes]));
    return images.reduce(
      (sum, { parentId, sizeBytes }) => sum + Math.max(0, sizeBytes - (sizes.get(parentId) ?? sizeBytes)),
      0,
    );
  }

  #breach(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onBreach(reason);
  }
}
