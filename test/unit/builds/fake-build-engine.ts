import type {
  BuildContainer,
  BuildEnd,
  BuildEngine,
  BuildOrder,
  BuiltImage,
  ImageDetails,
} from '../../../src/engine/build.ts';
import { EngineError, type EngineErrorCode } from '../../../src/engine/engine-error.ts';
import type { ContainerId, EngineImage, ListedContainer } from '../../../src/engine/engine.ts';

type Labels = Readonly<Record<string, string>>;

export function imageNamed(reference: string, labels: Labels = {}): ImageDetails {
  return {
    id: `sha256:${Buffer.from(reference).toString('hex').padEnd(64, '0').slice(0, 64)}`,
    references: [reference],
    labels,
    sizeBytes: 1000,
    layers: 1,
    operatingSystem: 'linux',
    architecture: 'amd64',
    entryPoint: [],
    command: [],
    environment: {},
    workingDirectory: '',
    volumes: [],
    triggers: [],
  };
}

/** One build that the fake engine was asked for, under way until it is told how it ends. */
export interface FakeRun {
  readonly order: BuildOrder;
  readonly output: (text: string) => Promise<void>;
  readonly end: (end: BuildEnd) => void;
  readonly fail: (error: unknown) => void;
  readonly dockerfile: Promise<string>;
}

/** An engine that only keeps lists, and that builds what the test says. */
export class FakeBuildEngine implements BuildEngine {
  readonly images: ImageDetails[] = [];
  readonly between: BuiltImage[] = [];
  readonly containers: BuildContainer[] = [];
  readonly runs: FakeRun[] = [];
  readonly limited: [ContainerId, number][] = [];
  readonly pulls: string[] = [];
  /** What a pull ends with; undefined for success. */
  pullFailure: EngineErrorCode | undefined = 'refused';
  #waiting: ((run: FakeRun) => void)[] = [];
  #taken = 0;
  readonly #steps = new Map<ContainerId, FakeRun>();

  /** The next build that the engine is asked for. */
  nextRun(): Promise<FakeRun> {
    const run = this.runs[this.#taken];
    this.#taken += 1;
    return run === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(run);
  }

  /** Ends a run well, with an image that has the labels which the rewritten Dockerfile gives it. */
  async succeed(run: FakeRun): Promise<ImageDetails> {
    const image = imageNamed(run.order.reference, labelsIn(await run.dockerfile));
    this.images.push(image);
    run.end({ end: 'built', imageId: image.id });
    return image;
  }

  runBuild(context: NodeJS.ReadableStream, order: BuildOrder): Promise<BuildEnd> {
    return new Promise((resolve, reject) => {
      order.signal.addEventListener('abort', () => {
        reject(new EngineError('timeout', 'cut off'));
      });
      const dockerfile = textOf(context);
      // A build that is cut off before it was read has none.
      dockerfile.catch(() => undefined);
      const run = { order, output: order.onOutput, end: resolve, fail: reject, dockerfile };
      const id = `step-of-${order.reference}` as ContainerId;
      void dockerfile.then(
        (text) => {
          const [first = ''] = text.split('\n').filter((line) => line.startsWith('LABEL '));
          this.containers.push({ id, labels: labelsIn(first), running: true, writtenBytes: 0, processes: 1 });
          this.#steps.set(id, run);
        },
        () => undefined,
      );
      this.runs.push(run);
      const waiting = this.#waiting.shift();
      waiting?.(run);
    });
  }

  buildContainers(labels: Labels): Promise<readonly BuildContainer[]> {
    return Promise.resolve(this.containers.filter((container) => carries(container.labels, labels)));
  }

  limitProcesses(id: ContainerId, processes: number): Promise<void> {
    this.limited.push([id, processes]);
    return Promise.resolve();
  }

  builtImages(labels: Labels): Promise<readonly BuiltImage[]> {
    const finished = this.images.map((image) => ({ ...image, parentId: '' }));
    return Promise.resolve([...this.between, ...finished].filter((image) => carries(image.labels, labels)));
  }

  imageDetails(reference: string): Promise<ImageDetails | undefined> {
    const found = this.images.find(
      ({ id, references }) =>
        references.includes(reference) ||
        id === reference ||
        id.slice('sha256:'.length).startsWith(reference.replace(/:latest$/, '')),
    );
    return Promise.resolve(found);
  }

  list(labels: Labels): Promise<readonly ListedContainer[]> {
    const found = this.containers.filter((container) => carries(container.labels, labels));
    return Promise.resolve(found.map((container) => ({ ...container, createdAt: new Date(0) })));
  }

  /** A step whose container is removed has failed. */
  remove(id: ContainerId): Promise<void> {
    this.#steps.get(id)?.end({ end: 'failed', message: 'killed', exitCode: 137 });
    this.containers.splice(0, this.containers.length, ...this.containers.filter((container) => container.id !== id));
    return Promise.resolve();
  }

  removeImage(id: string): Promise<void> {
    const keep = (image: { id: string; references: readonly string[] }): boolean =>
      image.id !== id && !image.references.includes(id);
    this.images.splice(0, this.images.length, ...this.images.filter(keep));
    this.between.splice(0, this.between.length, ...this.between.filter(keep));
    return Promise.resolve();
  }

  pullImage(reference: string): Promise<EngineImage> {
    this.pulls.push(reference);
    if (this.pullFailure !== undefined) return Promise.reject(new EngineError(this.pullFailure, 'no such host'));
    const image = imageNamed(reference);
    this.images.push(image);
    return Promise.resolve({ ...image, createdAt: new Date(0) });
  }
}

function carries(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function labelsIn(dockerfile: string): Labels {
  const pairs = dockerfile.matchAll(/ ([a-z.-]+)="([^"]*)"/g);
  return Object.fromEntries(Array.from(pairs, ([, name = '', value = '']) => [name, value]));
}

/** The first file of a build context, which is the Dockerfile. */
async function textOf(context: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of context) chunks.push(Buffer.from(chunk));
  const tar = Buffer.concat(chunks);
  const size = Number.parseInt(tar.toString('latin1', 124, 135), 8);
  return tar.toString('utf8', 512, 512 + size);
}
