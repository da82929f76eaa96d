import type Docker from 'dockerode';
import { EngineError } from '../engine-error.ts';
import type { BuildOptions, EngineImage, ImportOptions, ProgressOptions } from '../engine.ts';
import { toEngineError } from './docker-error.ts';
import { followProgress } from './progress.ts';
import { withinTime } from './within-time.ts';

/** The image half of the Docker adapter. */
export class DockerImages {
  readonly #docker: Docker;
  readonly #callTimeoutMs: number;

  constructor(docker: Docker, callTimeoutMs: number) {
    this.#docker = docker;
    this.#callTimeoutMs = callTimeoutMs;
  }

  async find(reference: string): Promise<EngineImage | undefined> {
    try {
      const image = await this.#call(() => this.#docker.getImage(reference).inspect());
      return {
        id: image.Id,
        references: image.RepoTags,
        labels: (image.Config as { Labels: Record<string, string> | null }).Labels ?? {},
        sizeBytes: image.Size,
        createdAt: new Date(image.Created),
      };
    } catch (error) {
      if (error instanceof EngineError && error.code === 'image_not_found') return undefined;
      throw error;
    }
  }

  async list(labels: Readonly<Record<string, string>>): Promise<readonly EngineImage[]> {
    const filters = { label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) };
    const images = await this.#call(() => this.#docker.listImages({ filters: JSON.stringify(filters) }));
    return images.map((image) => ({
      id: image.Id,
      references: image.RepoTags ?? [],
      labels: (image.Labels as Record<string, string> | null) ?? {},
      sizeBytes: image.Size,
      createdAt: new Date(image.Created * 1000),
    }));
  }

  pull(reference: string, options: ProgressOptions): Promise<EngineImage> {
    return this.#stream(options, async () => {
      const stream = await this.#docker.pull(reference, signalOf(options));
      await followProgress(stream, 'image_not_found', options.onProgress);
      return reference;
    });
  }

  import(rootFileSystem: NodeJS.ReadableStream, options: ImportOptions): Promise<EngineImage> {
    return this.#stream(options, async () => {
      const [repo = '', tag = 'latest'] = options.reference.split(':');
      const changes = Object.entries(options.labels).map(([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`);
      const stream = await this.#docker.importImage(rootFileSystem, { repo, tag, changes, ...signalOf(options) });
      await followProgress(stream, 'build_failed', options.onProgress);
      return options.reference;
    });
  }

  build(context: NodeJS.ReadableStream, options: BuildOptions): Promise<EngineImage> {
    return this.#stream(options, async () => {
      const stream = await this.#docker.buildImage(context, {
        t: options.reference,
        // The classic builder, because it honours resource limits; BuildKit ignores those sent with a request.
        version: '1',
        pull: false,
        rm: true,
        forcerm: true,
        networkmode: options.network,
        buildargs: { ...options.buildArguments },
        labels: { ...options.labels },
        ...signalOf(options),
      });
      return (await followProgress(stream, 'build_failed', options.onProgress)) ?? options.reference;
    });
  }

  async remove(id: string): Promise<void> {
    try {
      await this.#call(() => this.#docker.getImage(id).remove({ force: true }));
    } catch (error) {
      if (error instanceof EngineError && error.code === 'image_not_found') return;
      throw error;
    }
  }

  /** Builds and pulls take as long as they take: the caller's signal is their limit. */
  async #stream(options: ProgressOptions, work: () => Promise<string>): Promise<EngineImage> {
    let reference: string;
    try {
      reference = await work();
    } catch (error) {
      throw options.signal?.aborted === true
        ? new EngineError('timeout', 'The build or pull was cancelled or took too long', error)
        : toEngineError(error, 'image_not_found');
    }
    const image = await this.find(reference);
    if (image === undefined) throw new EngineError('image_not_found', `${reference} is not on the engine after all`);
    return image;
  }

  #call<T>(work: () => Promise<T>): Promise<T> {
    return withinTime(this.#callTimeoutMs, 'image_not_found', work);
  }
}

function signalOf(options: ProgressOptions): { abortSignal?: AbortSignal } {
  return options.signal === undefined ? {} : { abortSignal: options.signal };
}
