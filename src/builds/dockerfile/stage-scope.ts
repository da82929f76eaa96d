import type { Stage } from './plan.ts';

/** Values of ARG and ENV that are known without a build, by name. */
type Literals = ReadonlyMap<string, string | undefined>;

/** What is known of a Dockerfile so far while its instructions are gone through. */
export class StageScope {
  readonly stages: Stage[] = [];
  readonly contextLines: number[] = [];
  readonly #names = new Map<string, number>();
  readonly #literals: Map<string, string | undefined>[] = [];
  readonly #layers: number[] = [];
  readonly #directories: string[] = [];

  get inStage(): boolean {
    return this.stages.length > 0;
  }

  stageNamed(name: string): number | undefined {
    return this.#names.get(name.toLowerCase());
  }

  /** The stage before the current one that a name or a number means; undefined when there is none. */
  earlierStage(word: string): number | undefined {
    const index = /^\d{1,4}$/.test(word) ? Number(word) : this.stageNamed(word);
    return index !== undefined && index < this.stages.length - 1 ? index : undefined;
  }

  /** @returns false when the name is taken. */
  beginStage(stage: Stage, name: string | undefined): boolean {
    const key = name?.toLowerCase();
    const isFree = key === undefined || !this.#names.has(key);
    if (key !== undefined && isFree) this.#names.set(key, this.stages.length);
    const inherited: Literals =
      stage.base.kind === 'stage' ? (this.#literals[stage.base.index] ?? new Map()) : new Map();
    const directory = stage.base.kind === 'stage' ? this.#directories[stage.base.index] : undefined;
    this.stages.push(stage);
    this.#literals.push(new Map(inherited));
    this.#layers.push(stage.base.kind === 'stage' ? (this.#layers[stage.base.index] ?? 0) : 0);
    this.#directories.push(directory ?? '/');
    return isFree;
  }

  /** @returns how many layers the current stage adds to the image that it is built on. */
  addLayer(): number {
    const layers = (this.#layers.at(-1) ?? 0) + 1;
    this.#layers[this.#layers.length - 1] = layers;
    return layers;
  }

  /** Notes what an ENV or ARG sets; undefined for a value that only a build knows. */
  define(name: string, value: string | undefined): void {
    this.#literals.at(-1)?.set(name, value);
  }

  valueOf(name: string): string | undefined {
    return this.#literals.at(-1)?.get(name);
  }

  get directory(): string {
    return this.#directories.at(-1) ?? '/';
  }

  enter(directory: string): void {
    this.#directories[this.#directories.length - 1] = directory;
  }
}
