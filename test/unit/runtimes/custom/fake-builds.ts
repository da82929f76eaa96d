import { createHash } from 'node:crypto';
import type {
  Build,
  BuildLine,
  BuildProblem,
  BuiltImageFacts,
  ImageBuilds,
  ImageRecipe,
} from '../../../../src/builds/image-build.ts';
import { SraasError } from '../../../../src/errors.ts';

/** A build that does what a test tells it. */
export class FakeBuild implements Build {
  readonly id: string;
  readonly recipeHash: string;
  readonly queuedAt: Date = new Date('2026-01-02T03:04:05.000Z');
  readonly ended: Promise<void>;
  state: Build['state'] = 'building';
  problem: BuildProblem | undefined;
  image: BuiltImageFacts | undefined;
  endedAt: Date | undefined;
  cancelled = false;
  readonly #lines: BuildLine[] = [];
  readonly #followers = new Set<(line: BuildLine) => void>();
  #end: () => void = () => undefined;

  constructor(id: string, recipeHash: string) {
    this.id = id;
    this.recipeHash = recipeHash;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  say(text: string): void {
    const line = { at: new Date(0), text };
    this.#lines.push(line);
    for (const tell of this.#followers) tell(line);
  }

  succeed(members: Partial<BuiltImageFacts> = {}): void {
    this.image = { ...imageFacts, ...members };
    this.#over('succeeded');
  }

  fail(detail: string, line?: number): void {
    this.problem = { detail, ...(line === undefined ? {} : { line }) };
    this.#over('failed');
  }

  log(): string {
    return this.#lines.map(({ text }) => `${text}\n`).join('');
  }

  follow(onLine: (line: BuildLine) => void): () => void {
    for (const line of this.#lines) onLine(line);
    this.#followers.add(onLine);
    return () => this.#followers.delete(onLine);
  }

  cancel(): void {
    this.cancelled = true;
    this.problem = { detail: 'It was cancelled.' };
    this.#over('cancelled');
  }

  #over(state: Build['state']): void {
    if (this.endedAt !== undefined) return;
    this.state = state;
    this.endedAt = new Date('2026-01-02T03:05:00.000Z');
    this.#end();
  }
}

export const imageFacts: BuiltImageFacts = {
  imageId: 'sha256:one',
  sizeBytes: 1000,
  layers: 2,
  command: ['/bin/program', '--fast'],
  workingDirectory: '/work',
  environment: { PATH: '/opt/bin:/usr/bin' },
  base: 'debian (sha256:base)',
};

/** Builds whose recipe hash is a hash of the Dockerfile, and that end when a test says so. */
export class FakeBuilds implements ImageBuilds {
  readonly ordered: FakeBuild[] = [];
  readonly recipes: ImageRecipe[] = [];
  readonly removed: string[] = [];
  /** The image that was known to whoever ordered, of each order. */
  readonly told: (string | undefined)[] = [];
  removalFailure: Error | undefined;

  recipeHash({ dockerfile, contextHash }: ImageRecipe): Promise<string> {
    if (dockerfile.includes('REFUSED')) return Promise.reject(new SraasError('BUILD_REFUSED', 'Line 1: no.'));
    return Promise.resolve(
      createHash('sha256')
        .update(`${dockerfile} ${contextHash ?? ''}`)
        .digest('hex'),
    );
  }

  async order(
    recipe: ImageRecipe,
    knownImage?: (recipeHash: string) => Promise<string | undefined>,
  ): Promise<FakeBuild> {
    const recipeHash = await this.recipeHash(recipe);
    this.told.push(await knownImage?.(recipeHash));
    const underWay = this.ordered.find((build) => build.recipeHash === recipeHash && build.endedAt === undefined);
    if (underWay !== undefined) return underWay;
    const build = new FakeBuild(`build-${this.ordered.length + 1}`, recipeHash);
    this.ordered.push(build);
    this.recipes.push(recipe);
    return build;
  }

  /** The build that was ordered last. */
  get last(): FakeBuild {
    const build = this.ordered.at(-1);
    if (build === undefined) throw new Error('nothing was ordered');
    return build;
  }

  removeImage(imageId: string): Promise<void> {
    if (this.removalFailure !== undefined) return Promise.reject(this.removalFailure);
    this.removed.push(imageId);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
